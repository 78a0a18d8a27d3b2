package cpython

import (
	"strconv"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// streams are those of asyncio/streams.py
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/streams.py).
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

// streamState is what a stream's transport tells: of a socket or a pipe. Those
// of uvloop, which are of C, tell nothing.
func streamState(w *walk, o object.Ref) (state []graph.Attr) {
	transport := w.attr(o, "_transport")
	if transport == 0 {
		return nil
	}
	fd, ok := w.intAttr(transport, "_sock_fd")
	if !ok {
		fd, ok = w.intAttr(transport, "_fileno")
	}
	if ok && fd >= 0 {
		state = append(state, graph.Attr{Key: "fd", Value: fd})
	}
	extra := w.attr(transport, "_extra")
	if !w.isA(extra, "dict") {
		return state
	}
	for _, a := range [...]struct{ key, name string }{{"local", "sockname"}, {"remote", "peername"}} {
		if address := w.address(w.r.StrDict(extra, a.name)); address != "" {
			state = append(state, graph.Attr{Key: a.key, Value: address})
		}
	}
	return state
}

// address is a socket's address as the socket module has it: a path, or a host
// and a port.
func (w *walk) address(o object.Ref) string {
	if w.isA(o, "str") {
		return w.r.Str(o)
	}
	parts := w.items(o)
	if len(parts) < 2 || !w.isA(parts[1], "int") {
		return ""
	}
	port, _ := w.r.Int(parts[1])
	host := w.str(parts[0])
	if len(parts) == 4 { // IPv6
		host = "[" + host + "]"
	}
	return host + ":" + strconv.FormatInt(port, 10)
}
