package declared

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// states are what a declaration may call the state of a task.
var states = map[string]graph.State{
	"created": graph.StateCreated, "runnable": graph.StateRunnable, "running": graph.StateRunning,
	"waiting": graph.StateWaiting, "blocked": graph.StateBlocked, "done": graph.StateDone,
	"failed": graph.StateFailed, "cancelled": graph.StateCancelled,
}

// waits are the kinds of a wait on an awaitable, by its declared kind. A wait on
// any other is on a future: something that will be there, or done.
var waits = map[string]graph.WaitKind{
	"lock": graph.WaitLock, "mutex": graph.WaitMutex, "semaphore": graph.WaitSemaphore, "event": graph.WaitEvent,
	"condition": graph.WaitCondition, "queue": graph.WaitQueueGet, "timer": graph.WaitTimer, "barrier": graph.WaitBarrier,
	"chan": graph.WaitChanReceive, "executor": graph.WaitExecutor, "fd": graph.WaitNetwork,
}

// describer puts what was found into the graph.
type describer struct {
	*finder
	b    *graph.Builder
	name string

	ids       map[*object]graph.TaskID
	laid      map[graph.TaskID]*graph.Task // tasks of other runtimes, by id
	receivers map[uint64]graph.TaskID      // who waits to receive, by channel
	stands    map[*object]stand            // where the goroutines of tasks do
	tasks     int
	overlaid  int
}

func (w *describer) describe() {
	w.receivers = map[uint64]graph.TaskID{}
	for t := range w.b.Tasks() {
		w.laid[t.ID] = t
		if len(t.Waits) == 1 && t.Waits[0].Kind == graph.WaitChanReceive {
			if r := w.b.ResourceByID(t.Waits[0].Resource); r != nil && r.Address != 0 {
				w.receivers[r.Address] = t.ID
			}
		}
	}
	w.findStands()
	tasks := map[*object]*graph.Task{}
	used := map[graph.TaskID]bool{}
	for _, o := range w.order {
		if o.task == nil {
			continue
		}
		id := w.goroutineOf(o)
		if w.laid[id] == nil || used[id] {
			id = w.idOf(o)
			if used[id] || w.laid[id] != nil {
				id = graph.TaskID(fmt.Sprintf("%s:%#x", w.name, o.addr))
			}
		}
		used[id] = true
		w.ids[o] = id
	}
	for _, o := range w.order {
		switch {
		case o.task != nil:
			tasks[o] = w.task(o)
		case o.group != nil:
			w.group(o)
		default:
			w.awaitable(o)
		}
	}
	for _, o := range w.order {
		w.awaiters(o, tasks)
	}
	for _, o := range w.order {
		if t := tasks[o]; t != nil && w.laid[t.ID] == nil {
			w.b.Task(t)
		}
	}
}

// word is what a path of an object says, in words; empty: nothing.
func (w *describer) word(o *object, key, text string) string {
	if text == "" {
		return ""
	}
	for _, v := range w.lead(o, key, text) {
		s, ok, err := w.text(v)
		if err != nil {
			w.complain(o.thing, key, err)
		}
		if ok {
			return s
		}
	}
	return ""
}

// how is the evidence that a declared path gives.
func (w *describer) how(o *object, text string) graph.Evidence {
	e := graph.Evidence{Confidence: graph.Proven, How: short(o.Type) + "." + text + ", as declared"}
	if o.doubt != "" {
		e = graph.Evidence{Confidence: graph.Inferred, How: e.How + o.doubt}
	}
	return e
}

// task describes a task, or lays what is declared over the goroutine that runs it.
func (w *describer) task(o *object) *graph.Task {
	w.tasks++
	id := w.ids[o]
	t := w.laid[id]
	own := t == nil
	if own {
		t = &graph.Task{ID: id, Runtime: w.name, NativeID: string(id[len(w.name)+1:]), Kind: short(o.Type)}
	} else {
		w.overlaid++
		t.Detail = append(t.Detail, graph.Attr{Key: w.name, Value: strings.TrimPrefix(string(w.idOf(o)), w.name+":")})
	}
	if name := w.word(o, "name", o.Name); name != "" {
		t.Name = name
	}
	t.Detail = append(t.Detail, w.details(o)...)
	state := w.word(o, "state", o.task.State)
	if known, ok := states[o.task.States[state]]; ok && own {
		t.State = known
	} else if state != "" && !ok {
		t.Detail = append(t.Detail, graph.Attr{Key: "state", Value: state})
	}
	if wait, ok := w.wait(o); ok && t.State != graph.StateDone {
		w.lay(t, wait)
	}
	for _, g := range w.objects(o, "group", o.task.Group) {
		if g.group != nil {
			t.Groups = append(t.Groups, w.groupAt(g).ID)
			w.join(g, id, w.how(o, o.task.Group))
		}
	}
	for _, c := range w.objects(o, "creator", o.task.Creator) {
		if by := w.ids[c]; by != "" && by != id {
			if t.CreatedBy == nil || own {
				t.CreatedBy = &graph.Creation{Task: by}
			}
		}
	}
	return t
}

// lay makes a wait the one of a task: where a goroutine runs it, what that waits
// on is only how.
func (w *describer) lay(t *graph.Task, wait graph.Wait) {
	if len(t.Waits) > 0 {
		wait.Frame, wait.Since = t.Waits[0].Frame, t.Waits[0].Since
	}
	t.Waits = []graph.Wait{wait}
	if t.State == graph.StateUnknown {
		t.State = graph.StateWaiting
	}
}

// details are what else a declaration wants shown.
func (w *describer) details(o *object) (all []graph.Attr) {
	for _, key := range sorted(o.Detail) {
		if text := w.word(o, "detail."+key, o.Detail[key]); text != "" {
			var value any = text
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				value = n
			}
			all = append(all, graph.Attr{Key: key, Value: value})
		}
	}
	return all
}

// objects are the known objects that a path leads to, each once.
func (w *describer) objects(o *object, key, text string) (all []*object) {
	if text == "" {
		return nil
	}
	for _, v := range w.lead(o, key, text) {
		if to := w.object(v); to != nil && !slices.Contains(all, to) {
			all = append(all, to)
		}
	}
	return all
}

// wait is what a task awaits; ok is false when that is nothing.
func (w *describer) wait(o *object) (wait graph.Wait, ok bool) {
	var all []graph.Wait
	for _, to := range w.objects(o, "awaits", o.task.Awaits) {
		all = append(all, w.waitOn(to, w.how(o, o.task.Awaits)))
	}
	switch len(all) {
	case 0:
		s, ok := w.stands[o]
		if !ok {
			return wait, false
		}
		return w.waitOn(s.in, graph.Evidence{Confidence: graph.Inferred, How: "its goroutine stands in " + short(s.method) + " of it, as declared"}), true
	case 1:
		return all[0], true
	}
	return graph.Wait{Kind: graph.WaitGather, Branches: all, Evidence: w.how(o, o.task.Awaits)}, true
}

func (w *describer) waitOn(to *object, e graph.Evidence) graph.Wait {
	switch {
	case to.task != nil:
		return graph.Wait{Kind: graph.WaitTask, Task: w.ids[to], Evidence: e}
	case to.group != nil:
		return graph.Wait{Kind: graph.WaitTaskGroup, Group: w.groupAt(to).ID, Evidence: e}
	}
	kind, ok := waits[to.awaitable.Kind]
	if !ok {
		kind = graph.WaitFuture
	}
	return graph.Wait{Kind: kind, Resource: w.resourceAt(to).ID, Evidence: e}
}

func (w *describer) groupAt(o *object) *graph.Group {
	kind := o.group.Kind
	if kind == "" {
		kind = short(o.Type)
	}
	return w.b.Group(kind, o.addr)
}

func (w *describer) resourceAt(o *object) *graph.Resource {
	kind := o.awaitable.Kind
	if kind == "" {
		kind = short(o.Type)
	}
	r := w.b.Resource(kind, o.addr)
	if !strings.Contains(kind, " ") { // else these are the words for it
		r.Type = short(o.Type)
	}
	return r
}

// join makes a task a member of a group.
func (w *describer) join(g *object, id graph.TaskID, e graph.Evidence) {
	m := w.groupAt(g)
	if !slices.Contains(m.Members, id) {
		m.Members = append(m.Members, id)
		m.Evidence = e
	}
}

func (w *describer) group(o *object) {
	g := w.groupAt(o)
	g.Detail = w.named(o, g.Detail)
	for _, m := range w.objects(o, "members", o.group.Members) {
		if id := w.ids[m]; id != "" {
			w.join(o, id, w.how(o, o.group.Members))
		}
	}
	for _, owner := range w.objects(o, "owner", o.group.Owner) {
		g.Owner = w.ids[owner]
	}
	if n, err := strconv.Atoi(w.word(o, "outstanding", o.group.Outstanding)); err == nil {
		g.Outstanding = n
	}
}

// named is what is known of an object beside what was, with its name in front.
func (w *describer) named(o *object, was []graph.Attr) []graph.Attr {
	all := append(was, w.details(o)...)
	if name := w.word(o, "name", o.Name); name != "" {
		all = append([]graph.Attr{{Key: "name", Value: name}}, all...)
	}
	return all
}

func (w *describer) awaitable(o *object) {
	r := w.resourceAt(o)
	r.Detail = w.named(o, r.Detail)
	for _, h := range w.objects(o, "holders", o.awaitable.Holders) {
		if id := w.ids[h]; id != "" {
			r.Holders = append(r.Holders, graph.Holder{Task: id, Evidence: w.how(o, o.awaitable.Holders)})
		}
	}
}

// awaiters adds the waits that are known from the other end.
func (w *describer) awaiters(o *object, tasks map[*object]*graph.Task) {
	key, text := "awaiters", ""
	switch {
	case o.task != nil:
		text = o.task.Awaiters
	case o.awaitable != nil:
		key, text = "waiters", o.awaitable.Waiters
	}
	for _, a := range w.objects(o, key, text) {
		t := tasks[a]
		if t == nil {
			continue
		}
		if _, ok := w.wait(a); !ok {
			w.lay(t, w.waitOn(o, w.how(o, text)))
		}
	}
}
