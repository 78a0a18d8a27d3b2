package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// trioWorker is the function of a thread of Trio's in which it works on a job
// (https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_core/_thread_cache.py#L127).
const trioWorker = "trio._core._thread_cache.WorkerThread._handle_job"

// trioIdle are those in which it waits for one, or for something to happen in a
// run that another loop drives.
var trioIdle = map[string]bool{
	"trio._core._thread_cache.WorkerThread._work":    true,
	"trio._core._io_epoll.EpollIOManager.get_events": true,
}

// trioJobs are the threads that work for tasks, by the task. A thread has what
// it is to call with the result; in the cells of that function's functions there
// is the list with the task that waits
// (https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_threads.py#L329).
func (w *walk) trioJobs() map[object.Ref]*thread {
	if w.trioWorkers != nil {
		return w.trioWorkers
	}
	w.trioWorkers = map[object.Ref]*thread{}
	for _, th := range w.threads {
		for i := range th.own {
			if th.own[i].Func != trioWorker {
				continue
			}
			report := w.cell(w.fr.Local(&th.own[i], "deliver"), "report_back_in_trio_thread_fn")
			if items := w.items(w.cell(report, "task_register")); len(items) > 0 && w.byAddr[items[0]] != nil {
				w.trioWorkers[items[0]] = th
			}
		}
		w.check(th.node, "what the thread works on")
	}
	return w.trioWorkers
}

// cell is what a function has of a variable of the function around it; 0 when it
// is none, or has none of that name.
func (w *walk) cell(fn object.Ref, name string) object.Ref {
	if !w.isA(fn, "function") {
		return 0
	}
	return w.some(w.r.Cells(fn)[name])
}

// onTrioThread: the task waits for a thread that runs a function for it.
func onTrioThread(w *walk, at standing, wait *graph.Wait) {
	wait.Kind, wait.Text = graph.WaitExecutor, w.functionName(w.fr.Local(at.frame, "sync_fn"))
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "stands in trio.to_thread.run_sync"}
	if w.onTrioProcess(at, wait) {
		return
	}
	if th := w.trioJobs()[at.task.addr]; th != nil {
		wait.Task = th.node.ID
		wait.Evidence.How = "task_register of the thread's job"
	}
}

// placeholders are the tasks that wait for jobs in threads, by what stands for
// these among the borrowers of a limiter.
func (w *walk) placeholders() map[object.Ref]*task {
	if w.trioPlaceholders != nil {
		return w.trioPlaceholders
	}
	w.trioPlaceholders = map[object.Ref]*task{}
	for _, t := range w.tasks {
		for i := 0; t.trio != nil && i < len(t.frames); i++ {
			if t.frames[i].Func == "trio._threads.to_thread_run_sync" {
				if o := w.some(w.fr.Local(t.frames[i], "placeholder")); o != 0 {
					w.trioPlaceholders[o] = t
				}
			}
		}
	}
	return w.trioPlaceholders
}

// onTrioMessage: a thread that called trio.from_thread.run waits for a task. In
// whose frames the message is self; to 0.22 both have the queue for the result.
func onTrioMessage(w *walk, f *frame.Frame, wait *graph.Wait) bool {
	has := w.fr.Self
	message := w.some(w.fr.Local(f, "message_to_trio"))
	if message == 0 {
		message = w.some(w.fr.Local(f, "q"))
		has = func(f *frame.Frame) object.Ref { return w.fr.Local(f, "q") }
	}
	if message == 0 {
		return false
	}
	wait.Text = "trio.from_thread.run"
	for _, t := range w.tasks {
		for i := 0; t.trio != nil && i < len(t.frames); i++ {
			if has(t.frames[i]) == message {
				wait.Kind, wait.Task = graph.WaitTask, t.node.ID
				wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "a frame of the task has the thread's message"}
				return true
			}
		}
	}
	wait.Kind = graph.WaitRuntime // nobody has begun it, or the task goes on to another call of it
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "stands in " + f.Func}
	return true
}
