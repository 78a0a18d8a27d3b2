package cpython

import (
	"fmt"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// findNeverSet: a task waits for a Future, an Event or a Queue that nothing but
// the task itself refers to. An object counts its references: where all of
// them are found in the task's own frames, nobody else can ever set it, or put
// something into it. One more, from wherever it be, and nothing is said; nor of a
// task that a timeout will wake, or a cancellation that is on its way; nor of what
// a loop runs for, as a main that waits for good is mostly meant.
func (w *walk) findNeverSet() {
	found := map[string]*graph.Problem{}
	mains := w.mains()
	looked := 0
	for _, t := range w.tasks {
		if looked == maxUnsetSearches || w.over() {
			return
		}
		if o, r, verb := w.settable(t); o != 0 && !mains[t.addr] && !mains[t.coro] {
			looked++
			if w.onlyItsOwn(t, o) {
				w.neverSet(found, t, r, verb)
			}
		}
		_ = w.r.Take() // what cannot be read is nothing's own
	}
}

// mains are the tasks, and the coroutines, that asyncio's run functions wait for.
func (w *walk) mains() map[object.Ref]bool {
	variables := map[string]string{
		"asyncio.base_events.BaseEventLoop.run_until_complete": "future",
		"asyncio.runners.Runner.run":                           "task",
		"asyncio.runners.run":                                  "main", // to 3.10
	}
	mains := map[object.Ref]bool{}
	for _, th := range w.threads {
		for i := range th.frames {
			if name := variables[th.frames[i].Func]; name != "" {
				if o := w.some(w.fr.Local(&th.frames[i], name)); o != 0 {
					mains[o] = true
				}
			}
		}
	}
	_ = w.r.Take() // what cannot be read is nobody's main
	return mains
}

// maxUnsetSearches bounds the tasks whose frames are searched.
const maxUnsetSearches = 20_000

// settable is what somebody else has to act on for a task to go on, and what
// that is to do; 0: it does not wait so, or something else may end the wait.
func (w *walk) settable(t *task) (o object.Ref, r *graph.Resource, verb string) {
	if t.trio != nil || t.waiter == 0 || t.state != pendingFuture || len(t.node.Waits) != 1 || w.limited[t.node] || t.node.Cancel != nil {
		return 0, nil, ""
	}
	wait := &t.node.Waits[0]
	r = w.b.ResourceByID(wait.Resource)
	if r == nil || r.Address == 0 || wait.Deadline != 0 || len(wait.Branches) > 0 {
		return 0, nil, ""
	}
	if f := w.readFuture(t.waiter); !f.isFuture || f.isTask || f.state != pendingFuture {
		return 0, nil, "" // somebody has acted, and it is about to go on
	}
	o = object.Ref(r.Address)
	switch wait.Kind {
	case graph.WaitFuture:
		if o == t.waiter {
			return o, r, "set it"
		}
	case graph.WaitEvent:
		return o, r, "set it"
	case graph.WaitQueueGet:
		return o, r, "put something into it"
	}
	return 0, nil, ""
}

// neverSet adds a task to the problem of those that wait so at one place.
func (w *walk) neverSet(found map[string]*graph.Problem, t *task, r *graph.Resource, verb string) {
	place := r.Type
	if i := t.node.Place(); i >= 0 {
		place += " " + t.node.Frames[i].Func
	}
	p := found[place]
	if p == nil {
		p = &graph.Problem{
			Code: "never-set", Severity: graph.Warning,
			Evidence: graph.Evidence{Confidence: graph.Inferred, How: "ob_refcnt = the references of the task and its frames"},
		}
		found[place] = p
		w.b.Problem(p)
	}
	p.Tasks, p.Resources = append(p.Tasks, t.node.ID), append(p.Resources, r.ID)
	it, its := article(r.Type[strings.LastIndexByte(r.Type, '.')+1:]), "that"
	if len(p.Tasks) > 1 {
		it, its = it+" each", "these"
	}
	p.Message = fmt.Sprintf("%s for %s that nothing else refers to: nothing is left that could %s, and only a cancellation can end %s",
		plural(len(p.Tasks), "task waits", "tasks wait"), it, verb, its)
}

// onlyItsOwn reports that every reference to an object is a task's own: of what
// it waits for, and of the frames that it stands in.
func (w *walk) onlyItsOwn(t *task, o object.Ref) bool {
	all := w.r.References(o)
	if all == 0 || all > 64 { // what so many refer to is looked at no closer
		return false
	}
	own := 0
	if o == t.waiter {
		own++
	}
	for _, f := range t.frames {
		n, known := w.fr.References(f, o)
		if !known {
			return false
		}
		own += n
	}
	return own == all && w.r.Err() == nil
}

func article(name string) string {
	switch name[:min(len(name), 1)] {
	case "A", "E", "I", "O", "U":
		return "an " + name
	}
	return "a " + name
}
