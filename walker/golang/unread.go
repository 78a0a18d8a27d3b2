package golang

import (
	"fmt"
	"slices"
	"strconv"
	"unsafe"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// unreadableTask keeps a goroutine in the list whose g could not be read.
func (w *walk) unreadableTask(addr uint64) {
	id := graph.TaskID(runtimeID + ":0x" + strconv.FormatUint(addr, 16))
	t := &graph.Task{ID: id, Runtime: runtimeID, NativeID: string(id[len(runtimeID)+1:]), Kind: "goroutine"}
	w.unread(t, "the g could not be read: its id, state and frames are not known; it may also have ended")
	w.b.Task(t)
}

// taskProblems says what could not be read of a goroutine.
func (w *walk) taskProblems(t *graph.Task, g *goroutine) {
	if why := g.stackless(); why != "" {
		w.unread(t, "the frames are not known: "+why)
	} else if why := w.endsEarly(g.end); why != "" {
		w.unread(t, "the frames end early: "+why)
	}
	if g.status == gSyscall && g.m != 0 && g.thread == 0 {
		w.unread(t, "the thread that is in the kernel for it is not known: its m could not be read")
	}
	if g.torn != "" {
		t.Problems = append(t.Problems, &graph.Problem{
			Code: "torn", Severity: graph.Warning, Tasks: []graph.TaskID{t.ID},
			Message: "what it waits on is not shown, for there is a contradiction: " + g.torn,
		})
	}
	if why := w.wanting(g); why != "" {
		w.unread(t, "what it waits for is not fully known: "+why)
	}
	if w.unlabelled[g.labels] {
		w.unread(t, "its profiler labels could not be read in full")
	}
	if w.groupUnread[g] {
		w.unread(t, "which group it is a member of is not known: a group could not be read")
	}
	if w.testsLost[g] {
		w.unread(t, "which test it runs, and who awaits that, is not known: its testing.T could not be read")
	}
}

// unreads are lists of what could not be read of tasks, by how they came about. When a
// capture was cut the same is said of a million, in the same words: they share it.
type unreads struct {
	problems map[string]*graph.Problem
	lists    map[longer][]*graph.Problem
}

// longer is a list, if any, and what comes behind it.
type longer struct {
	list **graph.Problem
	n    int
	what string
}

// unread adds to a task what could not be read of it.
func (w *walk) unread(t *graph.Task, what string) {
	key := longer{unsafe.SliceData(t.Problems), len(t.Problems), what}
	list := w.unreads.lists[key]
	if list == nil {
		p := w.unreads.problems[what]
		if p == nil {
			p = &graph.Problem{Code: "unreadable", Severity: graph.Warning, Message: what}
			w.unreads.problems[what] = p
		}
		list = slices.Clip(append(slices.Clip(t.Problems), p))
		w.unreads.lists[key] = list
	}
	t.Problems = list
}

// endsEarly says why a goroutine's frames end before its first; empty when
// they do not.
func (w *walk) endsEarly(end unwind.End) string {
	switch end.Reason {
	case unwind.Complete:
		return ""
	case unwind.Unreadable:
		return fmt.Sprintf("the stack at %#x is not in what was read", end.Addr)
	case unwind.UnknownPC:
		return fmt.Sprintf("no Go function is at %#x", end.Addr)
	case unwind.Unsized:
		name, _ := w.function(end.Addr)
		return fmt.Sprintf("%s changes the stack pointer in ways that no table tells", name)
	case unwind.TooDeep:
		return fmt.Sprintf("it is deeper than the %d frames a walk takes", walker.MaxDepth)
	}
	return end.Reason.String()
}
