package graph

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const (
	codeAcross     = "lock-across-wait"
	codeStarvation = "starvation"
)

// From when on a queue is long, a wait is not short, and a lock with so many
// behind it is worth more than a note.
const (
	longQueue = 16
	manyWait  = 8
	longWait  = time.Second
)

// lockLike are the kinds of resources that keep tasks out while one does its work.
var lockLike = map[string]bool{"mutex": true, "rwmutex": true, "lock": true}

// foreign are waits that have nothing to do with a lock that is held meanwhile.
var foreign = map[WaitKind]bool{
	WaitChanReceive: true, WaitChanSend: true, WaitSelect: true, WaitContext: true, WaitSleep: true, WaitTimer: true,
	WaitNetwork: true, WaitFile: true, WaitSyscall: true, WaitWaitGroup: true, WaitForever: true, WaitStream: true,
	WaitSubprocess: true, WaitCgo: true, WaitSemaphore: true, WaitQueueGet: true, WaitQueuePut: true,
}

// findLockWaits adds a problem for each lock that others want while the task that
// has it waits for something else, and for each that many want. Of a lock in or
// behind a deadlock that says it all.
func findLockWaits(s *Snapshot) {
	if s.Filtered {
		return
	}
	explained := map[TaskID]bool{}
	for _, p := range s.Problems {
		if p != nil && p.Severity == Error {
			for _, id := range slices.Concat(p.Tasks, p.Queued) {
				explained[id] = true
			}
		}
	}
	var found []*Problem
	for _, r := range s.Resources {
		if !lockLike[r.Kind] || len(r.Holders) == 0 {
			continue
		}
		waiting := s.wanting(r)
		if len(waiting) == 0 {
			continue
		}
		if p := s.held(r, waiting, explained); p != nil {
			p.Resources, p.Queued = []ResourceID{r.ID}, waiting
			p.About = r.Kind + " " + r.Type + standing(s, p.Tasks)
			found = append(found, p)
		}
	}
	addAlike(s, found)
}

// held says what is wrong with how a lock is held; nil: nothing.
func (s *Snapshot) held(r *Resource, waiting []TaskID, explained map[TaskID]bool) *Problem {
	for _, h := range r.Holders {
		t := s.Task(h.Task)
		if t == nil || explained[h.Task] || t.System {
			continue
		}
		lock := title(typeOf(r), r.Address)
		probably := ""
		if h.Evidence.Confidence != Proven {
			probably = "probably "
		}
		if len(waiting) >= longQueue && len(r.Holders) == 1 {
			p := &Problem{Code: codeStarvation, Severity: Info, Tasks: []TaskID{h.Task}, Evidence: h.Evidence}
			end, last := s.endOf(t)
			if end != EndRuns && (!atWork(last) || s.lasting(waiting)) {
				p.Severity = Warning
			}
			p.Message = fmt.Sprintf("%s for %s, which %s %shas; %s", waits(len(waiting)), lock, t.ID, probably, s.ending(t, end, last))
			return p
		}
		w := across(t)
		if w == nil || r.Kind == "lock" { // asyncio's are made to be held while waiting
			continue
		}
		p := &Problem{Code: codeAcross, Severity: Info, Tasks: []TaskID{h.Task}, Evidence: weaker(w.Evidence, h.Evidence)}
		if w.Since >= longWait || len(waiting) >= manyWait && (!kernelWorks[w.Kind] || s.lasting(waiting)) {
			p.Severity = Warning
		}
		p.Message = fmt.Sprintf("%s %shas %s while it waits (%s), and %s for the lock", t.ID, probably, lock, w.about(), waits(len(waiting)))
		return p
	}
	return nil
}

// kernelWorks are waits for the kernel to do what it was asked. Under load many
// queue for a lock around a write to a file, and nothing is wrong with that unless
// it lasts.
var kernelWorks = map[WaitKind]bool{WaitFile: true, WaitSyscall: true}

// atWork tells of where a chain of waits ends whether the kernel works there.
func atWork(last *Node) bool {
	return last != nil && last.Task != nil && len(last.Task.Waits) > 0 &&
		kernelWorks[last.Task.Waits[0].Kind] && last.Task.Waits[0].Since < longWait
}

// lasting tells whether one of some tasks is known to have waited for long.
func (s *Snapshot) lasting(tasks []TaskID) bool {
	return slices.ContainsFunc(tasks, func(id TaskID) bool {
		t := s.Task(id)
		return t != nil && len(t.Waits) > 0 && t.Waits[0].Since >= longWait
	})
}

// across is the wait of a task that has a lock meanwhile, and that has nothing to do
// with locks; nil: it has none.
func across(t *Task) *Wait {
	if t.State != StateWaiting && t.State != StateBlocked {
		return nil
	}
	if len(t.Waits) == 0 || !foreign[t.Waits[0].Kind] {
		return nil
	}
	return &t.Waits[0]
}

// endOf follows the waits of a task to where they end: the first way of several.
func (s *Snapshot) endOf(t *Task) (End, *Node) {
	n := s.Why(t.ID, WhyOptions{Limit: maxEnd})
	for n != nil && len(n.Children) > 0 {
		n = n.Children[0]
	}
	if n == nil || n.Link == nil {
		return EndUnknown, n
	}
	return n.Link.End, n
}

const maxEnd = 256 // nodes of a chain that is followed for a sentence

// ending says in words where a holder's own waits end.
func (s *Snapshot) ending(t *Task, end End, last *Node) string {
	if end == EndRuns && last.Task == t {
		return "it runs"
	}
	if last == nil || last.Task == nil {
		return "what that waits for is not known"
	}
	who := "it"
	if last.Task != t {
		who = fmt.Sprintf("what that waits for ends at %s, which", last.Task.ID)
	}
	switch {
	case end == EndRuns:
		return who + " runs"
	case len(last.Task.Waits) > 0 && (last.Task.Waits[0].Phase != "" || last.Task.Waits[0].Kind == WaitSelect):
		return fmt.Sprintf("%s waits (%s)", who, last.Task.Waits[0].about())
	case last.Link != nil && last.Link.Wait != nil:
		return fmt.Sprintf("%s waits (%s)", who, last.Link.Wait.Kind)
	case len(last.Task.Waits) > 0:
		return fmt.Sprintf("%s waits (%s)", who, last.Task.Waits[0].Kind)
	}
	return who + " waits"
}

// about is what a wait is about, in the fewest words.
func (w *Wait) about() string { return cmp.Or(w.Phase, string(w.Kind)) }
