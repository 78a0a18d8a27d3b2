package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// streams are those of asyncio/streams.py
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/streams.py) and
// the socket operations of the selector loop
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/selector_events.py).
var streams = []awaitable{
	{[]string{"asyncio.streams.StreamReader._wait_for_data"}, onStream("read")},
	{[]string{"asyncio.streams.FlowControlMixin._drain_helper"}, onStream("drain")},
}

// onStream describes a wait for data, or for room to write more.
func onStream(operation string) func(*walk, standing, *graph.Wait) {
	return func(w *walk, at standing, wait *graph.Wait) {
		if at.self == 0 {
			return
		}
		r := w.resource("stream", at.self, streamState)
		wait.Kind, wait.Resource, wait.Text = graph.WaitStream, r.ID, operation
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + at.frame.Func}
	}
}

// streamState is what the stream's transport tells of its socket.
func streamState(w *walk, o object.Ref) (state []graph.Attr) {
	transport := w.attr(o, "_transport")
	if transport == 0 {
		return nil
	}
	if fd, ok := w.intAttr(transport, "_sock_fd"); ok {
		state = append(state, graph.Attr{Key: "fd", Value: fd})
	}
	return state
}
