package cpython

import (
	"cmp"
	"context"
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// walk describes one CPython of a process. Its steps follow each other: what
// one finds the next may use.
type walk struct {
	img *dlvext.Image
	py  *layout.Interpreter
	lay *layout.Layout
	r   *object.Reader
	fr  *frame.Reader
	b   *graph.Builder
	o   walker.Options
	ctx context.Context
	id  string // of the runtime, in the graph

	interps    []*interp
	threads    []*thread
	running    frame.Running
	tasks      []*task
	lost       lostTasks
	runs       map[object.Ref]*trioRun // by the Runner
	byAddr     map[object.Ref]*task    // by the task's own address
	coroutines []object.Ref            // of the heap
	heap       *heapSearch             // under way, until addHeap; nil: there is none
	heapErr    error                   // of the first of its objects that cannot be read
	byCoro     map[object.Ref]*task    // by its outermost coroutine
	groups     map[object.Ref]*graph.Group
	holdings   []holding
	keeps      map[object.Ref][]object.Ref     // see collected
	jobs       map[object.Ref]job              // by their Futures of concurrent.futures
	byResult   map[object.Ref]*task            // see threadsafe
	completing map[object.Ref]object.Ref       // see noteCompletion
	nesting    int                             // of Futures that stand for others, while one is described
	keeper     map[object.Ref]*task            // by the loop: who keeps it from running
	unbegun    map[object.Ref]*task            // see findUnbegun: who keeps the loop
	senders    map[object.Ref]*task            // see middlewares
	connectors map[object.Ref]graph.ResourceID // of aiohttp, that somebody wants a connection of
	limited    map[*graph.Task]bool            // those that some timeout or cancel scope will tell to give up
	origins    origins

	anyioWorkers     map[object.Ref]*thread // see anyioJobs
	trioWorkers      map[object.Ref]*thread // see trioJobs
	trioPlaceholders map[object.Ref]*task   // see placeholders

	frames     map[frameKey]*graph.Frame
	places     map[frame.Place]*graph.Frame
	files      map[*interp]map[string]string // modules by their files
	node       *graph.Runtime
	localsText int // bytes of the variables so far
}

func newWalk(img *dlvext.Image, py *layout.Interpreter, o walker.Options, b *graph.Builder) *walk {
	r := object.NewReader(img, py.Layout)
	return &walk{
		img: img, py: py, lay: py.Layout, r: r, fr: frame.NewReader(r), b: b, o: o, id: runtimeID,
		byAddr: map[object.Ref]*task{}, byCoro: map[object.Ref]*task{},
		frames: map[frameKey]*graph.Frame{}, completing: map[object.Ref]object.Ref{}, keeps: map[object.Ref][]object.Ref{},
		places: map[frame.Place]*graph.Frame{}, runs: map[object.Ref]*trioRun{},
	}
}

// step is one part of a walk: what it cannot read it says of the whole.
type step struct {
	what string
	do   func(*walk)
}

// steps are all there are, in the order in which they build on each other.
var steps = []step{
	{"the interpreters", (*walk).findInterpreters},
	{"the heap", (*walk).beginHeap},
	{"sys.version", (*walk).findVersion},
	{"sys.path", (*walk).findOrigins},
	{"the threads", (*walk).findThreads},
	{"the tasks", (*walk).findTasks},
	{"the tasks of Trio", (*walk).findTrio},
	{"the tasks of the heap", (*walk).addHeap},
	{"the tasks' frames", (*walk).readChains},
	{"the threads' frames", (*walk).ownFrames},
	{"the executors", (*walk).findExecutors},
	{"the groups", (*walk).findGroups},
	{"the open with-blocks", (*walk).findManagers},
	{"the waits", (*walk).describeWaits},
	{"the cancel scopes", (*walk).findScopes},
	{"the timeouts", (*walk).findDeadlines},
	{"the holders", (*walk).findHolders},
	{"the holders of connections", (*walk).findConnectorHolders},
	{"the handles", (*walk).findHandles},
	{"how tasks ended", (*walk).describeEnded},
	{"where tasks were created", (*walk).describeCreations},
	{"what threads stand at", (*walk).findBlocked},
	{"the threads' waits", (*walk).describeThreads},
	{"the tasks that block their loops", (*walk).describeBlocked},
	{"the holders of threads' locks", (*walk).findThreadHolders},
	{"the requests", (*walk).findRequests},
	{"the variables", (*walk).readLocals},
	{"what is wrong", (*walk).findProblems},
	{"threads in several interpreters", (*walk).joinThreads},
	{"what there is to count", (*walk).countRuntime},
}

func (w *walk) run(ctx context.Context) error {
	w.node = &graph.Runtime{
		ID: w.id, Name: "cpython", Version: w.py.Version.String(),
		Layout: w.py.Layout.Source, Complete: true, Notes: w.py.Notes,
	}
	w.b.Runtime(w.node)
	w.ctx = ctx
	defer w.endHeap()
	for _, s := range steps {
		s.do(w)
		if err := w.r.Take(); err != nil {
			w.unreadable(s.what, err)
		}
		if w.over() {
			w.node.Complete = false
			w.b.Problem(&graph.Problem{Code: "truncated", Severity: graph.Warning, Message: "the walk was ended while it read " + s.what})
			return nil
		}
	}
	if err := w.fr.Missed(); err != nil {
		w.unreadable("the names of all functions and modules", err)
	}
	w.tellLost()
	w.node.Tasks = len(w.tasks)
	slices.SortFunc(w.tasks, func(a, b *task) int { return cmp.Compare(a.addr, b.addr) })
	for _, t := range w.tasks {
		w.b.Task(t.node)
	}
	for _, t := range w.threads {
		w.b.Task(t.node)
	}
	return nil
}

// over tells that nobody waits for the walk any more. What goes through all
// tasks asks before each.
func (w *walk) over() bool { return w.ctx.Err() != nil }

// unreadable says that a part of the whole could not be read.
func (w *walk) unreadable(what string, err error) {
	w.node.Complete = false
	w.b.Problem(&graph.Problem{Code: "unreadable", Severity: graph.Warning, Message: "cannot read " + what + ": " + err.Error()})
}

// check moves a failed read to the task that it was for.
func (w *walk) check(node *graph.Task, what string) bool {
	err := w.r.Take()
	if err == nil {
		return true
	}
	node.Problems = append(node.Problems, &graph.Problem{
		Code: "unreadable", Severity: graph.Warning, Message: "cannot read " + what + ": " + err.Error(),
	})
	return false
}
