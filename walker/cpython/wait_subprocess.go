package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// subprocesses is asyncio's transport of a child process
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/base_subprocess.py).
var subprocesses = []awaitable{
	{[]string{"asyncio.base_subprocess.BaseSubprocessTransport._wait"}, onSelf(graph.WaitSubprocess, "process", processState)},
}

func processState(w *walk, o object.Ref) (state []graph.Attr) {
	if pid, ok := w.intAttr(o, "_pid"); ok {
		state = append(state, graph.Attr{Key: "pid", Value: pid})
	}
	return state
}
