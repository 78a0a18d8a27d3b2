package render

import (
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// said is what a wait is, in words: core alone where there is little room,
// core and more where there is enough.
type said struct {
	core string // wants sync.Mutex 0x3e8ac0112010
	more string // , held by go:42 (inferred: deferred Unlock)
}

// bare is the core where a title or a list already says that it is waited for.
func (s said) bare() string {
	core := strings.TrimPrefix(strings.TrimPrefix(s.core, "waits for "), "wants ")
	return strings.TrimPrefix(core, "a ")
}

// doing says what a task does: what it waits for, or else its state.
func (v *view) doing(t *graph.Task) said {
	if len(t.Waits) == 0 {
		return said{core: v.idle(t)}
	}
	w := &t.Waits[0]
	s := v.wait(t, w)
	if w.Phase != "" {
		if w.Kind == graph.WaitSelect && v.terse {
			s = v.otherwise(t, w)
		}
		s = said{core: w.Phase, more: ": " + s.core + s.more}
	}
	s.more += v.besides(t.Waits[1:])
	s.more += timesOut(w.Deadline) + since(w.Since)
	return s
}

// otherwise says of a select of which a library's function says what it is about what
// else ends it: its channels are the library's own.
func (v *view) otherwise(t *graph.Task, w *graph.Wait) said {
	s := said{core: string(w.Kind) + " of " + number(len(w.Branches))}
	var parts []string
	for i := range w.Branches {
		if b := &w.Branches[i]; b.Kind == graph.WaitContext || b.Kind == graph.WaitTimer {
			parts = append(parts, v.wait(t, b).bare())
		}
	}
	s.more = suffix(": ", strings.Join(parts, ", "))
	return s
}

// besides says what else a task waits for: mostly that its time is up.
func (v *view) besides(waits []graph.Wait) (words string) {
	others := 0
	for i := range waits {
		if waits[i].Kind != graph.WaitTimer {
			others++
			continue
		}
		words += ", with a timeout"
		if r := v.s.Resource(waits[i].Resource); r != nil {
			if due, ok := detail(r.Detail).duration("due_in_ms"); ok {
				words = timesOut(due)
			}
		}
	}
	if others > 0 {
		words += ", and " + count(others, "other wait")
	}
	return words
}

// timesOut says when a wait will be given up.
func timesOut(d time.Duration) string {
	switch {
	case d > 0:
		return ", times out in " + duration(d)
	case d < 0:
		return ", timed out " + duration(-d) + " ago"
	}
	return ""
}

// idle says what a task does that waits for nothing known.
func (v *view) idle(t *graph.Task) string {
	word := stateWord(t.State)
	switch {
	case t.State == graph.StateWaiting:
		return "waiting, for what is not known"
	case t.State == graph.StateFailed && t.Error != nil:
		return word + ": " + failure(t.Error)
	case t.Cancel != nil && t.Cancel.Pending:
		return word + ", cancellation pending"
	}
	return word
}

// since says how long a wait has lasted, which is only ever known from below.
func since(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return ", for at least " + duration(d)
}

func failure(f *graph.Failure) string {
	switch {
	case f.Type == "":
		return f.Message
	case f.Message == "":
		return typeName(f.Type)
	}
	return typeName(f.Type) + ": " + f.Message
}

// wait puts one wait into words. It never claims to know what the wait is on
// when it does not.
func (v *view) wait(t *graph.Task, w *graph.Wait) said {
	if w.Kind == graph.WaitTurn {
		return v.onTurn(w)
	}
	if w.Task != "" && w.Kind != graph.WaitCoroutine && w.Kind != graph.WaitExecutor && w.Kind != graph.WaitThread {
		return v.onTask(w)
	}
	if w.Group != 0 {
		return v.onGroup(w)
	}
	r := v.s.Resource(w.Resource)
	if r != nil {
		switch _, counted := detail(r.Detail).number("size"); {
		case r.Kind == "fdlock":
			return v.onDescriptorLock(w, r)
		case w.Kind == graph.WaitSemaphore && counted:
			return v.onSemaphore(t, w, r)
		}
	}
	switch w.Kind {
	case graph.WaitChanReceive, graph.WaitChanSend:
		return v.onChan(w, r)
	case graph.WaitSelect, graph.WaitGather, graph.WaitAny:
		return v.onBranches(t, w)
	case graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite, graph.WaitSemaphore, graph.WaitLock:
		return v.onLock(w, r)
	case graph.WaitSleep, graph.WaitTimer:
		return v.onTimer(w, r)
	case graph.WaitNetwork, graph.WaitFile, graph.WaitStream:
		return v.onFile(t, w, r)
	case graph.WaitContext:
		return v.onContext(w, r)
	case graph.WaitCond:
		if r != nil {
			return said{core: "waits for " + thing(r), more: " to be signalled" + notes(v.known(w.Evidence))}
		}
		return said{core: "waits for a condition", more: notes(which)}
	case graph.WaitEvent, graph.WaitCondition, graph.WaitFuture:
		return v.onSignal(w, r)
	case graph.WaitBarrier:
		return v.onBarrier(w, r)
	case graph.WaitQueueGet, graph.WaitQueuePut, graph.WaitQueueJoin:
		return v.onQueue(w, r)
	case graph.WaitExecutor:
		return v.onJob(w, r)
	case graph.WaitSubprocess:
		return v.onProcess(w, r)
	case graph.WaitThread:
		return v.onThread(w, r)
	case graph.WaitForever:
		return said{core: or(w.Text, "select{} or a nil channel"), more: ": nothing can ever wake it"}
	case graph.WaitSyscall:
		return said{core: "in a system call", more: notes(w.Text)}
	case graph.WaitCoroutine:
		return v.onCoroutine(w, r)
	case graph.WaitCgo:
		return said{core: joined("in C code", w.Text)}
	case graph.WaitBubble:
		return said{core: "waits for the others of its synctest bubble to block"}
	case graph.WaitOnce, graph.WaitSingleflight:
		return v.onRun(w, r)
	case graph.WaitRuntime:
		return said{core: or(w.Text, "runtime")}
	case graph.WaitUnknown:
		return said{core: or(w.Text, "waiting"), more: " (on what is not known)"}
	}
	return v.onOther(w, r)
}
