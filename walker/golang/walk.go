package golang

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// walk describes a collection to a Builder.
type walk struct {
	*collection
	b      *graph.Builder
	frames *frameTable
	buffer []unwind.Frame // of the goroutine last unwound

	creations map[creationKey]*graph.Creation
	starters  map[uint64]string // what startedBy says, by gopc
	runners   map[uint64]string // what runner says, by startpc
	looks     map[lookKey]look  // of channels
	unreads   unreads
	roles     map[uint64]role   // what goroutines are there for, by startpc
	groups    map[uint64]*group // by the WaitGroup's address
	groupsOf  map[*goroutine][]graph.GroupID

	locals  localsBudget
	remarks []string // notes on this moment alone

	waits     []graph.Wait // of the tasks
	lookedFor []string     // as [graph.Runtime.LookedFor] has it

	used    []*awaitable // the libraries that the program may have
	holders map[held][]*goroutine
	locks   *holderSearch // nil: nobody waits for one
	tokens  map[uint64]*tokens

	upstream map[*goroutine]string // the server that it waits for
	asked    map[*goroutine]bool   // it reads what somebody waits for

	coroutineOf  map[uint64]*goroutine // by address of the coro
	bubbleModels map[uint64]*graph.Group
}

type creationKey struct{ parent, gopc uint64 }

// runtimeID is the prefix of goroutines' ids.
const runtimeID = "go"

// taskID is the goroutine's id in the graph.
func taskID(goid uint64) graph.TaskID {
	var buf [24]byte // a goroutine's id has at most 20 digits
	return graph.TaskID(appendTaskID(buf[:0], goid))
}

func appendTaskID(b []byte, goid uint64) []byte {
	return strconv.AppendUint(append(b, runtimeID+":"...), goid, 10)
}

func (in *instance) newWalk(b *graph.Builder) *walk {
	return &walk{
		collection: in.collection, b: b, frames: newFrameTable(in.program),
		creations: map[creationKey]*graph.Creation{}, starters: map[uint64]string{}, runners: map[uint64]string{},
		roles: map[uint64]role{}, looks: map[lookKey]look{}, unreads: unreads{map[string]*graph.Problem{}, map[longer][]*graph.Problem{}},
		groups: map[uint64]*group{}, groupsOf: map[*goroutine][]graph.GroupID{},
		used: in.librariesOf(), holders: map[held][]*goroutine{},
		upstream: map[*goroutine]string{}, asked: map[*goroutine]bool{},
		coroutineOf: map[uint64]*goroutine{}, bubbleModels: map[uint64]*graph.Group{},
	}
}

// Walk implements [walker.Instance].
func (in *instance) Walk(ctx context.Context, img *dlvext.Image, b *graph.Builder) error {
	w := in.newWalk(b)
	in.collection = nil // it is large, and the snapshot is finished without it
	slices.SortFunc(w.goroutines, func(a, b *goroutine) int { return cmp.Compare(a.id, b.id) })
	room := w.makeRoom()
	w.findShapes()
	w.findQueues()
	w.findTorn()
	w.findGroups()
	w.findServers()
	w.findUpstreams()
	w.findBubbles()
	w.findCrews()
	w.findContextGroups()
	w.findHolders()
	w.findLockHolders()
	w.findTokens()
	w.findCoroutines()
	slab := <-room
	b.Expect(len(slab), w.toRead)
	for i, g := range w.goroutines {
		if ctx.Err() != nil {
			b.Truncated("goroutines", i, len(w.goroutines))
			break
		}
		w.task(&slab[i], g)
	}
	w.reportLocals()
	w.describeGroups()
	w.describeBubbles()
	w.describePools()
	w.describeCrash()
	w.reportAbandoned()
	w.checkAsleep()
	w.reportTimers()
	w.reportLeaks(ctx, slab)
	w.report()
	w.codes.done()
	return nil
}

// makeRoom makes the tasks, with nothing but their ids, and room for their waits,
// while other things are found out: with many of them, to have the memory takes
// longer than to fill it.
func (w *walk) makeRoom() <-chan []graph.Task {
	made := make(chan []graph.Task, 1)
	goroutines := w.goroutines
	go func() {
		tasks, waits := make([]graph.Task, len(goroutines)), make([]graph.Wait, len(goroutines))
		ends, text := make([]int, len(goroutines)), make([]byte, 0, 12*len(goroutines))
		for i, g := range goroutines {
			text = appendTaskID(text, g.id)
			ends[i] = len(text)
			waits[i].Kind = graph.WaitUnknown
		}
		from, ids := 0, string(text) // all ids lie in one string
		for i, to := range ends {
			tasks[i].ID = graph.TaskID(ids[from:to])
			from = to
		}
		w.waits = waits[:0]
		made <- tasks
	}()
	return made
}

// byID is the goroutine with that id, or nil.
func (w *walk) byID(goid uint64) *goroutine {
	i, ok := slices.BinarySearchFunc(w.goroutines, goid, func(g *goroutine, id uint64) int { return cmp.Compare(g.id, id) })
	if !ok {
		return nil
	}
	return w.goroutines[i]
}

// report says what was found of the runtime, and what was not.
func (w *walk) report() {
	rt := &graph.Runtime{
		ID: runtimeID, Name: "go", Version: w.version, Layout: w.layoutSource,
		Tasks: len(w.goroutines) + len(w.unreadable) + w.cut, Complete: len(w.unreadable) == 0 && w.cut == 0,
		Notes: slices.Concat(w.notes, w.remarks), Stats: w.stats, LookedFor: w.lookedFor,
	}
	w.b.Runtime(rt)
	if w.cut > 0 {
		w.b.Truncated("goroutines", len(w.goroutines), len(w.goroutines)+w.cut)
	}
	for _, addr := range w.unreadable {
		w.unreadableTask(addr)
	}
	w.reportMisses()
}

// task describes one goroutine, whose id the task has.
func (w *walk) task(t *graph.Task, g *goroutine) {
	shape := w.shape(g)
	*t = graph.Task{
		ID: t.ID, Runtime: runtimeID, NativeID: string(t.ID[len(runtimeID)+1:]), Kind: "goroutine",
		State: state(g.status), System: w.isSystem(g), Thread: g.thread,
		Frames: shape.frames, CreatedBy: w.createdBy(g), Groups: w.groupsOf[g], Labels: w.labels[g.labels],
	}
	t.Name = w.nameOf(g, shape)
	if parked(g.status) {
		t.Waits = w.newWait()
		w.wait(&t.Waits[0], g, shape)
	} else if g.status == gSyscall {
		t.Waits = w.newWait()
		t.Waits[0] = w.inKernel(g, shape)
	}
	w.describeTest(t, g)
	w.describeConditions(t, g)
	w.taskProblems(t, g)
	if w.options.Locals {
		w.addLocals(t, g)
	}
	w.b.Task(t)
}

// nameOf is what people call a goroutine: by its calls, else its first function.
func (w *walk) nameOf(g *goroutine, shape *shape) string {
	if shape.name != "" {
		return shape.name
	}
	name, _ := w.function(g.startpc)
	return name
}

// newWait returns room for the wait of one task: all lie in one piece.
func (w *walk) newWait() []graph.Wait {
	n := len(w.waits)
	w.waits = append(w.waits, graph.Wait{})
	return w.waits[n : n+1 : n+1]
}

// wait describes what a parked goroutine is suspended on.
func (w *walk) wait(wait *graph.Wait, g *goroutine, shape *shape) {
	*wait = graph.Wait{
		Kind: w.kindOf(g), Text: w.reasonOf(g), Frame: shape.shown,
		Since: w.since(g), Evidence: proven("g.waitreason"),
	}
	w.lookUp(shape, wait.Kind)
	if wait.Phase = w.asksOf(g, shape.phase); wait.Phase == "" {
		wait.Phase = w.condition(g)
	}
	if g.isTorn() {
		return
	}
	if a := shape.library; a != nil && a.describe(w, g, wait) {
		return
	}
	for i := range awaitables {
		if slices.Contains(awaitables[i].kinds, wait.Kind) {
			awaitables[i].describe(w, g, wait)
			return
		}
	}
}

// lookUp looks up what depends on a shape and the kind of its goroutines'
// waits: the library whose function waits for something of its own, if any, and
// what that is about. Goroutines of one shape mostly wait alike.
func (w *walk) lookUp(s *shape, kind graph.WaitKind) {
	if s.kind == kind {
		return
	}
	s.kind, s.library, s.phase = kind, nil, phaseOf(s.frames, kind)
	for _, a := range w.used {
		if a.serves(kind, s) {
			s.library = a
			break
		}
	}
}

// since is how long a goroutine has waited at least: from when a garbage
// collection first saw it wait.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mgcmark.go#L274
func (w *walk) since(g *goroutine) time.Duration {
	if g.waitSince <= 0 || w.now <= g.waitSince {
		return 0
	}
	return time.Duration(w.now - g.waitSince)
}

// createdBy describes who started a goroutine, and where. Goroutines started
// at one place by one goroutine share it.
func (w *walk) createdBy(g *goroutine) *graph.Creation {
	if g.gopc == 0 || g.id == 1 {
		return nil // main: nobody's go statement
	}
	k := creationKey{g.parent, g.gopc}
	if c, ok := w.creations[k]; ok && g.ancestors == 0 {
		return c
	}
	c := &graph.Creation{}
	if g.parent != 0 { // a timer starts goroutines where no goroutine runs
		c.Task = taskID(g.parent)
	}
	c.At, c.User = w.frames.creation(g.gopc)
	if g.ancestors != 0 { // whose calls differ each time
		w.addAncestors(c, w.lines[g.ancestors])
		return c
	}
	w.creations[k] = c
	return c
}

// shape returns a goroutine's calls.
func (w *walk) shape(g *goroutine) *shape {
	if g.shape == nil {
		var end unwind.End
		w.buffer, end = w.physicalFrames(g, w.buffer[:0])
		g.endsAt(end)
		g.shape = w.frames.shape(w.buffer)
	}
	return g.shape
}

// proven is evidence that a structure of the runtime's gives.
func proven(how string) graph.Evidence { return graph.Evidence{Confidence: graph.Proven, How: how} }

// inferred is evidence that has another possible reading.
func inferred(how string) graph.Evidence { return graph.Evidence{Confidence: graph.Inferred, How: how} }
