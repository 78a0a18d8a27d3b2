package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// aiohttps is what clients and servers of aiohttp wait for, from 3.8 on: data of
// a connection, room to write more, and a connection of a pool that is used up.
//
//   - https://github.com/aio-libs/aiohttp/blob/v3.11.0/aiohttp/streams.py#L342
//   - https://github.com/aio-libs/aiohttp/blob/v3.11.0/aiohttp/base_protocol.py#L89
//   - https://github.com/aio-libs/aiohttp/blob/v3.11.0/aiohttp/connector.py#L581
//   - https://github.com/aio-libs/aiohttp/blob/v3.11.0/aiohttp/web_protocol.py#L519
var aiohttps = []awaitable{
	{[]string{"aiohttp.streams.StreamReader._wait"}, onConnection("read", "_protocol")},
	{[]string{"aiohttp.streams.DataQueue.read", "aiohttp.streams.FlowControlDataQueue.read"}, onConnection("read", "", "_protocol")},
	{[]string{"aiohttp.client_ws.ClientWebSocketResponse.receive", "aiohttp.web_ws.WebSocketResponse.receive"}, onConnection("read", "_writer")},
	{[]string{"aiohttp._websocket.reader_py.WebSocketDataQueue.read"}, onConnection("read", "_protocol")},
	{[]string{"aiohttp.base_protocol.BaseProtocol._drain_helper"}, onConnection("drain", "")},
	{[]string{"aiohttp.web_protocol.RequestHandler.start"}, onConnection("read", "")},
	{[]string{"aiohttp.connector.BaseConnector._wait_for_available_connection", "aiohttp.connector.BaseConnector.connect"}, onConnector},
}

// onConnection describes a wait for a connection, of which one of these
// attributes of self has the transport; "": self itself has. In RequestHandler.start a
// server waits for the end of its handler, too, which is a task.
func onConnection(operation string, attributes ...string) func(*walk, standing, *graph.Wait) {
	return func(w *walk, at standing, wait *graph.Wait) {
		if f := w.readFuture(at.task.waiter); f.isTask || at.self == 0 {
			return
		}
		r := w.resource("stream", at.self, func(w *walk, o object.Ref) (state []graph.Attr) {
			for _, name := range attributes {
				from := o
				if name != "" {
					from = w.attr(o, name)
				}
				if transport := w.attr(from, "transport"); transport != 0 {
					state = w.transportState(w.underTLS(transport))
					break
				}
			}
			if size, ok := w.intAttr(o, "_size"); ok && size > 0 {
				state = append(state, graph.Attr{Key: "buffered", Value: size})
			}
			return state
		})
		wait.Kind, wait.Resource, wait.Text = graph.WaitStream, r.ID, operation
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + at.frame.Func}
	}
}

// onConnector: all connections that a connector may have, in all or to that
// host, are in use.
func onConnector(w *walk, at standing, wait *graph.Wait) {
	if f := w.readFuture(at.task.waiter); f.isTask || !w.isA(at.self, "aiohttp.connector.BaseConnector") {
		return
	}
	onSelf(graph.WaitSemaphore, "semaphore", func(w *walk, o object.Ref) []graph.Attr {
		used := int64(len(w.items(w.attr(o, "_acquired"))))
		most, _ := w.intAttr(o, "_limit")
		perHost, _ := w.intAttr(o, "_limit_per_host")
		switch {
		case most > 0 && used >= most:
			return []graph.Attr{{Key: "size", Value: most}, {Key: "held", Value: used}}
		case perHost > 0:
			return []graph.Attr{{Key: "limit_per_host", Value: perHost}, {Key: "in_use", Value: used}}
		}
		return []graph.Attr{{Key: "in_use", Value: used}}
	})(w, at, wait)
	wait.Text = "a connection"
}
