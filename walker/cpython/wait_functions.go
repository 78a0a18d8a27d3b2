package cpython

import "github.com/dlv-async/dlv-async/walker/graph"

// waitFunctions are the functions of asyncio/tasks.py that wait for other
// Futures through one of their own
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py).
var waitFunctions = []awaitable{
	{[]string{"asyncio.tasks.wait_for"}, onWaitFor},
	{[]string{"asyncio.tasks._cancel_and_wait"}, onWaitFor},
	{[]string{"asyncio.tasks._wait"}, onWait},
}

// onWaitFor: to 3.11 wait_for has a task of its own run what it waits for, with
// a timer beside; from 3.12 on it awaits it in place.
func onWaitFor(w *walk, at standing, wait *graph.Wait) {
	inner := w.fr.Local(at.frame, "fut")
	if f := w.readFuture(inner); !f.isFuture {
		return
	}
	w.onFuture(inner, wait)
	wait.Text = "asyncio.wait_for"
	wait.Evidence.How = "fut of " + at.frame.Func
}

// onWait: asyncio.wait is over when one of its Futures is done, or when all are.
func onWait(w *walk, at standing, wait *graph.Wait) {
	if at.outer(2) == anyioGroup+".__aexit__" { // to AnyIO 3
		wait.Frame = int32(at.index) + 2
		onTaskGroup(w, w.standing(at.task, at.index+2), wait)
		return
	}
	futures := w.fr.Local(at.frame, "fs")
	if futures == 0 {
		return
	}
	when := w.str(w.fr.Local(at.frame, "return_when"))
	wait.Kind, wait.Text = graph.WaitAny, "asyncio.wait for "+when
	if when == "ALL_COMPLETED" {
		wait.Kind = graph.WaitGather
	}
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "fs of asyncio.tasks._wait"}
	wait.Branches = w.pending(w.items(futures), wait.Evidence.How)
}
