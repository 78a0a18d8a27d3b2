package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const codeSaturated = "pool-saturated"

// findSaturated adds a problem for each pool that is all in use while tasks
// wait for a share of it: what says how large it is and how much of that is
// taken (a semaphore, a database's connections), and channels that are full
// while every task that is known to receive from them does something else.
// A pool is there to be full at times: it is a note, and a warning where at
// least as many wait as have a share.
func findSaturated(s *Snapshot) {
	if s.Filtered {
		return
	}
	for _, r := range s.Resources {
		if !r.counted() || r.outOfReach() { // that is no matter of room
			continue
		}
		waiting := s.wanting(r)
		if len(waiting) == 0 {
			continue
		}
		if p := saturated(s, r, waiting); p != nil {
			p.Evidence.How = cmp.Or(p.Evidence.How, "its own counters, and who waits on it")
			p.Code, p.Resources, p.Queued = codeSaturated, []ResourceID{r.ID}, waiting
			p.About = r.Kind + " " + r.Type + standing(s, waiting)
			for _, h := range s.servers(r) {
				p.Tasks = append(p.Tasks, h.Task)
			}
			p.Tasks = uniqueTaskIDs(p.Tasks)
			addOnce(s, p)
		}
	}
}

// count is a number of a resource's state.
func (r *Resource) count(key string) (int64, bool) {
	for _, a := range r.Detail {
		if n, ok := a.Value.(int64); ok && a.Key == key {
			return n, true
		}
	}
	return 0, false
}

// counted tells of a channel with a full buffer, and of anything else that says
// how much of it is taken.
func (r *Resource) counted() bool {
	if r.Kind == "chan" {
		capacity, _ := r.count("cap")
		length, _ := r.count("len")
		return capacity > 0 && length >= capacity
	}
	_, sized := r.count("size")
	_, held := r.count("held")
	return sized && held
}

// servers are those who have a share of a resource; of a channel those who could
// receive from it, or, where that is not known, of those who can get at it the nearest
// and whoever began as it did: the others most likely pass it on.
func (s *Snapshot) servers(r *Resource) []Holder {
	if r.Kind != "chan" || len(r.Holders) > 0 {
		return r.Holders
	}
	began := ""
	return keep(s.Reached(r), func(h Holder) bool {
		t := s.Task(h.Task)
		if t == nil || findWait(t.Waits, func(w *Wait) bool { return w.Resource == r.ID }) != nil {
			return false
		}
		fn := ownEntry(t)
		if began == "" {
			began = fn
		}
		return fn == began && fn != ""
	})
}

// ownEntry is the function of the program's own that a task began in.
func ownEntry(t *Task) string {
	for _, f := range slices.Backward(t.Frames) {
		if f.Origin == OriginUser && !f.Hidden {
			return f.Func
		}
	}
	return ""
}

// wanting are the tasks that want a share of a resource, or to put something
// into it.
func (s *Snapshot) wanting(r *Resource) []TaskID {
	i, ok := s.resourceIndex(r.ID)
	if !ok {
		return nil
	}
	var ids []TaskID
	for _, j := range s.relations.toResource.of(i) {
		t := s.Tasks[j]
		if t.System {
			continue
		}
		w := findWait(t.Waits, func(w *Wait) bool {
			return w.Resource == r.ID && (r.Kind != "chan" || w.Kind == WaitChanSend)
		})
		if w != nil {
			ids = append(ids, t.ID)
		}
	}
	return uniqueTaskIDs(ids)
}

// saturated says that a resource is all in use; nil: it is not, or it does not
// say.
func saturated(s *Snapshot, r *Resource, waiting []TaskID) *Problem {
	if r.Kind == "chan" {
		return fullChannel(s, r, waiting)
	}
	size, _ := r.count("size")
	held, _ := r.count("held")
	if size == 1 && r.Kind == "semaphore" {
		return nil // a lock by another name
	}
	if size <= 0 || held < 0 || held < size && !wantsMore(s, r, waiting, size-held) {
		return nil
	}
	p := &Problem{Severity: Info, Evidence: Evidence{Confidence: Proven}}
	if int64(len(waiting)) >= size && size > 1 {
		p.Severity = Warning
	}
	p.Message = fmt.Sprintf("%s is used up: %d of %d taken, and %s", title(typeOf(r), r.Address), held, size, waits(len(waiting)))
	switch n := len(r.Holders); {
	case n == 0:
		p.Message += "; who has a share is not known"
	case int64(n) < held && !inUnits(s, r, waiting):
		p.Message += fmt.Sprintf("; of those who have a share %d are known", n)
	}
	return p
}

// inUnits reports that a task may have more than one share.
func inUnits(s *Snapshot, r *Resource, waiting []TaskID) bool {
	return wantsMore(s, r, waiting, 0)
}

// wantsMore reports that one of the tasks wants more of a resource than is free.
func wantsMore(s *Snapshot, r *Resource, waiting []TaskID, free int64) bool {
	for _, id := range waiting {
		if findWait(s.Task(id).Waits, func(w *Wait) bool { return w.Resource == r.ID && int64(w.Amount) > free }) != nil {
			return true
		}
	}
	return false
}

// fullChannel is of a channel with a buffer that is full: work for those who
// receive from it, all of whom are busy.
func fullChannel(s *Snapshot, r *Resource, waiting []TaskID) *Problem {
	capacity, _ := r.count("cap")
	workers := s.servers(r)
	if len(workers) == 0 {
		return nil
	}
	for _, h := range workers {
		t := s.Task(h.Task)
		if t == nil || findWait(t.Waits, func(w *Wait) bool { return w.Resource == r.ID }) != nil {
			return nil // it is about to receive, or sends itself
		}
	}
	who := "the task that serves it, as far as is known, does"
	if n := len(workers); n > 1 {
		who = fmt.Sprintf("the %d tasks that serve it, as far as is known, do", n)
	}
	return &Problem{
		Severity: Info, Evidence: Evidence{Inferred, "who can get at it, and what they do"},
		Message: fmt.Sprintf("%s is full (%d): %s something else, and %s to send", title(r.Kind, r.Address), capacity, who, waits(len(waiting))),
	}
}

// typeOf is a resource's type without the path of its package.
func typeOf(r *Resource) string {
	name := cmp.Or(r.Type, r.Kind)
	return name[strings.LastIndexByte(name, '/')+1:]
}

func waits(n int) string {
	if n == 1 {
		return "1 task waits"
	}
	return fmt.Sprintf("%d tasks wait", n)
}

// standing is where tasks stand, in so far as they stand at one place.
func standing(s *Snapshot, ids []TaskID) string {
	at := ""
	for i, id := range ids {
		f := s.Task(id).standsAt()
		if f == nil || i > 0 && f.Func != at {
			return ""
		}
		at = f.Func
	}
	return " " + at
}
