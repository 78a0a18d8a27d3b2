package cpython

import (
	"strings"

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
				transport := w.attr(from, "transport")
				if transport == 0 { // AnyIO's
					transport = w.attr(from, "_transport")
				}
				if transport != 0 {
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
	if w.connectors == nil {
		w.connectors = map[object.Ref]graph.ResourceID{}
	}
	w.connectors[at.self] = wait.Resource
}

// findConnectorHolders says who has the connections of connectors that others
// want one of: who reads from one, and who stands inside the async with of a
// request that has one (https://github.com/aio-libs/aiohttp/blob/v3.11.0/aiohttp/client.py#L1419).
func (w *walk) findConnectorHolders() {
	for connector, id := range w.connectors {
		acquired := map[object.Ref]bool{}
		for _, protocol := range w.items(w.attr(connector, "_acquired")) {
			acquired[protocol] = true
		}
		r, seen := w.b.ResourceByID(id), map[graph.TaskID]bool{}
		add := func(node *graph.Task, protocol object.Ref, how string) {
			if protocol != 0 && acquired[protocol] && !seen[node.ID] && r != nil {
				seen[node.ID] = true
				r.Holders = append(r.Holders, graph.Holder{Task: node.ID, Evidence: graph.Evidence{Confidence: graph.Proven, How: "_acquired of the connector: " + how}})
			}
		}
		for _, t := range w.tasks {
			if len(t.frames) == 0 || len(t.node.Waits) == 0 || t.node.Waits[0].Kind != graph.WaitStream {
				continue
			}
			self := w.fr.Self(t.frames[0])
			add(t.node, self, "self of "+t.frames[0].Func)
			add(t.node, w.attr(self, "_protocol"), "_protocol of self of "+t.frames[0].Func)
		}
		for _, h := range w.holdings {
			if response := w.attr(h.object, "_resp"); response != 0 && strings.HasPrefix(w.r.Type(h.object).FullName(), "aiohttp.client.") {
				add(h.node, w.attr(w.attr(response, "_connection"), "_protocol"), "the response of a request whose async with it stands in")
			}
		}
		if err := w.r.Take(); err != nil {
			w.unreadable("who has the connections of a connector", err)
		}
	}
}
