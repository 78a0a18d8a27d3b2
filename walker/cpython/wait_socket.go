package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// sockets are the selector loop's operations on sockets
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/selector_events.py#L370)
// and its servers
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/base_events.py#L274).
var sockets = []awaitable{
	{socketFunctions("recv", "recv_into", "recvfrom", "recvfrom_into", "sendall", "sendto", "connect", "accept"), onSocket},
	{[]string{"asyncio.base_events.Server.serve_forever"}, onServer},
	{[]string{"asyncio.base_events.Server.wait_closed"}, onServerClosed},
}

const socketPrefix = "asyncio.selector_events.BaseSelectorEventLoop.sock_"

func socketFunctions(operations ...string) []string {
	for i, o := range operations {
		operations[i] = socketPrefix + o
	}
	return operations
}

func onSocket(w *walk, at standing, wait *graph.Wait) {
	sock := w.fr.Local(at.frame, "sock")
	if sock == 0 {
		return
	}
	operation, _, _ := strings.Cut(strings.TrimPrefix(at.frame.Func, socketPrefix), "_")
	wait.Kind, wait.Text = graph.WaitNetwork, map[string]string{
		"recv": "read", "recvfrom": "read", "sendall": "write", "sendto": "write", "connect": "connect", "accept": "accept",
	}[operation]
	wait.Resource = w.resource("fd", sock, socketState).ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "sock of " + at.frame.Func}
}

// onServer: a server's own task waits for nothing but its end; its sockets
// accept connections meanwhile.
func onServer(w *walk, at standing, wait *graph.Wait) {
	list := w.items(w.attr(at.self, "_sockets"))
	if len(list) == 0 {
		return
	}
	wait.Kind, wait.Text = graph.WaitNetwork, "accept"
	wait.Resource = w.resource("fd", list[0], socketState).ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "_sockets of the server"}
}

// socketState is a socket's descriptor: the first field of PySocketSockObject
// (https://github.com/python/cpython/blob/v3.12.1/Modules/socketmodule.h#L319).
func socketState(w *walk, o object.Ref) []graph.Attr {
	if inner := w.attr(o, "_sock"); inner != 0 { // asyncio's TransportSocket
		o = inner
	}
	if !w.isA(o, "_socket.socket") {
		return nil
	}
	fd := w.r.I32(uint64(o) + uint64(w.lay.Object.Header))
	if fd < 0 {
		return []graph.Attr{{Key: "closed", Value: true}}
	}
	return []graph.Attr{{Key: "fd", Value: int64(fd)}}
}

// onServerClosed: from 3.12.1 on a server is closed when its last connection is;
// uvloop's is of C, and has no such frame
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/base_events.py#L379).
func onServerClosed(w *walk, at standing, wait *graph.Wait) {
	if at.self == 0 {
		return
	}
	wait.Kind, wait.Text = graph.WaitNetwork, "close"
	wait.Resource = w.resource("server", at.self, serverState).ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + at.frame.Func}
}

// serverState is how many connections a server has: a number or, from 3.13 on,
// a WeakSet of them.
func serverState(w *walk, o object.Ref) []graph.Attr {
	n, ok := w.intAttr(o, "_active_count")
	if clients := w.attr(o, "_clients"); !ok && w.isA(clients, "_weakrefset.WeakSet") {
		n, ok = int64(len(w.r.WeakSet(clients))), true
	}
	if !ok {
		return nil
	}
	return []graph.Attr{{Key: "connections", Value: n}}
}
