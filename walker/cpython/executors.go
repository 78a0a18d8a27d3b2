package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// executor is a concurrent.futures.ThreadPoolExecutor, by the queue that its
// threads share
// (https://github.com/python/cpython/blob/v3.12.1/Lib/concurrent/futures/thread.py).
type executor struct {
	queue   object.Ref
	object  object.Ref // 0: it is gone, its threads finish what is left
	workers int
	busy    int
	queued  int
	most    int64 // threads it may have; 0: not known
}

// job is a function that was given to an executor, by the Future of
// concurrent.futures that has its result.
type job struct {
	executor *executor
	worker   *thread // nil: no thread has begun it
	function string
}

const workerLoop = "concurrent.futures.thread._worker"

// findExecutors finds the pools by their threads, each of which stands in a
// call of _worker that has the queue and, while it works, the job.
func (w *walk) findExecutors() {
	w.jobs = map[object.Ref]job{}
	pools := map[object.Ref]*executor{}
	var order []*executor
	for _, th := range w.threads {
		for i := range th.own {
			f := &th.own[i]
			if f.Func != workerLoop {
				continue
			}
			queue := w.fr.Local(f, "work_queue")
			if queue == 0 {
				break
			}
			e := pools[queue]
			if e == nil {
				e = &executor{queue: queue, object: w.executorOf(f)}
				pools[queue], order = e, append(order, e)
			}
			th.works = e
			e.workers++
			w.jobOf(th, i, e)
			break
		}
		w.check(th.node, "what the thread works on")
	}
	for _, e := range order {
		w.queuedJobs(e)
		if err := w.r.Take(); err != nil {
			w.unreadable("the jobs of an executor", err)
		}
	}
}

// executorOf is the executor that a worker has a weak reference to.
func (w *walk) executorOf(worker *frame.Frame) object.Ref {
	weak := w.fr.Local(worker, "executor_reference")
	if weak == 0 {
		return 0
	}
	o, _ := w.r.Weak(weak)
	return w.some(o)
}

// jobOf notes what a worker, whose _worker is its i-th frame, works on.
func (w *walk) jobOf(th *thread, i int, e *executor) {
	item := w.some(w.fr.Local(&th.own[i], "work_item"))
	future := w.attr(item, "future")
	if future == 0 || i == 0 {
		return // it waits for the next one; the variable may have the last
	}
	e.busy++
	w.jobs[future] = job{e, th, w.jobFunction(item)}
}

// queuedJobs notes the jobs that no thread has begun.
func (w *walk) queuedJobs(e *executor) {
	if e.object != 0 {
		e.most, _ = w.intAttr(e.object, "_max_workers")
	}
	items, _ := w.r.SimpleQueue(e.queue)
	for _, item := range items {
		if item = w.some(item); item == 0 {
			continue // it tells the threads to end
		}
		if future := w.attr(item, "future"); future != 0 {
			w.jobs[future] = job{executor: e, function: w.jobFunction(item)}
			e.queued++
		}
	}
}

// jobFunction is the function of a job: _WorkItem.fn, or from 3.14 on the first
// of its task.
func (w *walk) jobFunction(item object.Ref) string {
	fn := w.attr(item, "fn")
	if fn == 0 {
		if parts := w.items(w.attr(item, "task")); len(parts) > 0 {
			fn = parts[0]
		}
	}
	if inner, args, ok := w.partial(fn); ok {
		fn = inner
		if len(args) > 0 && w.isA(args[0], "function") { // to_thread: context.run of a function
			fn = args[0]
		}
	}
	return w.functionName(fn)
}

// functionName is the full name of a function or a method; empty for whatever
// else can be called.
func (w *walk) functionName(fn object.Ref) string {
	if inner, _, ok := w.partial(fn); ok {
		fn = inner
	}
	if w.isA(fn, "method") {
		fn, _, _ = w.r.Method(fn)
	}
	if !w.isA(fn, "function") {
		return ""
	}
	f := w.r.Function(fn)
	return f.Module + "." + f.Qualname
}

func (w *walk) partial(o object.Ref) (fn object.Ref, args []object.Ref, ok bool) {
	if !w.isA(o, "functools.partial") {
		return 0, nil, false
	}
	return w.r.Partial(o)
}

// pool is the resource that an executor is.
func (w *walk) pool(e *executor) *graph.Resource {
	at := e.object
	if at == 0 {
		at = e.queue
	}
	r := w.b.Resource("executor", uint64(at))
	if r.Type == "" {
		r.Type = "concurrent.futures.ThreadPoolExecutor"
		r.Detail = []graph.Attr{{Key: "workers", Value: e.workers}, {Key: "busy", Value: e.busy}, {Key: "queued", Value: e.queued}}
		if e.saturated() { // whoever waits for a thread waits for one of these
			for _, t := range w.threads {
				if t.works == e {
					r.Holders = append(r.Holders, graph.Holder{Task: t.node.ID, Evidence: saturation})
				}
			}
		}
	}
	return r
}

// saturated reports that jobs wait while all the threads that the pool may have work.
func (e *executor) saturated() bool {
	return e.queued > 0 && e.busy >= e.workers && e.most > 0 && int64(e.workers) >= e.most
}

var saturation = graph.Evidence{Confidence: graph.Proven, How: "the pool's queue, and what its threads work on"}
