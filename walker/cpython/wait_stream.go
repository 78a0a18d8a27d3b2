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
	{[]string{"asyncio.streams.StreamWriter.wait_closed"}, onStream("close")},
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

// streamState is what a stream's transport tells, of a socket or a pipe, and
// what stands in its buffers. Transports of uvloop, which are of C, tell
// nothing.
func streamState(w *walk, o object.Ref) (state []graph.Attr) {
	transport := w.underTLS(w.attr(o, "_transport"))
	if transport != 0 {
		state = w.transportState(transport)
	}
	if w.isA(o, "asyncio.streams.StreamReader") {
		return append(state, w.readerState(o)...)
	}
	return append(state, w.writerState(transport)...)
}

// maxLayers bounds TLS within TLS.
const maxLayers = 4

// underTLS is the transport of the socket: TLS is a transport over another one.
func (w *walk) underTLS(transport object.Ref) object.Ref {
	for range maxLayers {
		protocol := w.attr(transport, "_ssl_protocol")
		if protocol == 0 {
			break
		}
		transport = w.attr(protocol, "_transport")
	}
	return transport
}

// transportState is the socket or pipe of a transport and its addresses. Of a
// transport of C, such as uvloop's, there is its class alone.
func (w *walk) transportState(transport object.Ref) (state []graph.Attr) {
	if t := w.r.Type(transport); t.Module == "uvloop.loop" {
		return []graph.Attr{{Key: "transport", Value: t.FullName()}}
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

// readerState is what a StreamReader has that was not asked for yet.
func (w *walk) readerState(o object.Ref) (state []graph.Attr) {
	if buffer := w.attr(o, "_buffer"); w.isA(buffer, "bytearray") {
		if _, size := w.r.Buffer(buffer, 0); size > 0 {
			state = append(state, graph.Attr{Key: "buffered", Value: size})
		}
	}
	if eof, _ := w.boolAttr(o, "_eof"); eof {
		state = append(state, graph.Attr{Key: "eof", Value: true})
	}
	if failed := w.attr(o, "_exception"); failed != 0 {
		state = append(state, graph.Attr{Key: "error", Value: w.r.Type(failed).FullName()})
	}
	return state
}

// writerState is how much a transport has yet to write, and above what its
// writers are held. To 3.11 the buffer is a bytearray, then a deque of parts.
func (w *walk) writerState(transport object.Ref) (state []graph.Attr) {
	if transport == 0 {
		return nil
	}
	switch buffer := w.attr(transport, "_buffer"); {
	case w.isA(buffer, "bytearray"):
		_, size := w.r.Buffer(buffer, 0)
		state = append(state, graph.Attr{Key: "buffered", Value: size})
	case w.isA(buffer, "collections.deque"):
		if n, ok := w.length(buffer); ok {
			state = append(state, graph.Attr{Key: "parts", Value: n})
		}
	}
	if high, ok := w.intAttr(transport, "_high_water"); ok {
		state = append(state, graph.Attr{Key: "high_water", Value: high})
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
