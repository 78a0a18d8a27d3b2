package cpython

import (
	"strconv"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// networkCalls are system calls in which a thread waits for a socket. Those of
// sockets with a timeout wait in poll
// (https://github.com/python/cpython/blob/v3.12.1/Modules/socketmodule.c#L784).
var networkCalls = map[string]string{
	"recvfrom": "read", "recvmsg": "read", "sendto": "write", "sendmsg": "write", "connect": "connect", "poll": "read",
}

// maxConnectionFrames is how far out the method of a client's connection may stand
// that reads: below http.client are the response, its buffer and TLS.
const maxConnectionFrames = 12

// onConnectionOf: a thread that waits for a socket waits for the connection that has that
// socket, and that it stands in a method of: http.client's, urllib3's and others
// know the host to which they go
// (https://github.com/python/cpython/blob/v3.12.1/Lib/http/client.py#L1011).
func (w *walk) onConnectionOf(th *thread, frames []frame.Frame, wait *graph.Wait) bool {
	call, in := w.osThread(th)
	operation := networkCalls[call.Name]
	if !in || operation == "" {
		return false
	}
	fd := int32(call.Args[0])
	if call.Name == "poll" {
		const pollOut = 4
		if call.Args[1] != 1 {
			return false
		}
		if fd = w.r.I32(call.Args[0]); w.r.U32(call.Args[0]+4)&pollOut != 0 {
			operation = "write"
		}
	}
	for i := range min(maxConnectionFrames, len(frames)) {
		o := w.fr.Self(&frames[i])
		remote := w.remoteOf(o)
		if remote == "" || w.socketOf(o) != fd {
			continue
		}
		r := w.resource("fd", o, func(*walk, object.Ref) []graph.Attr {
			return []graph.Attr{{Key: "fd", Value: int64(fd)}, {Key: "remote", Value: remote}}
		})
		wait.Kind, wait.Text, wait.Resource, wait.Frame = graph.WaitNetwork, operation, r.ID, int32(i)
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "the descriptor of the system call is that of self of " + frames[i].Func}
		return true
	}
	return false
}

// socketOf is the descriptor of a connection's socket; -1: it has none.
func (w *walk) socketOf(o object.Ref) int32 {
	for _, name := range [...]string{"sock", "_sock"} {
		if sock := w.attr(o, name); w.isA(sock, "_socket.socket") {
			return w.r.I32(uint64(sock) + uint64(w.lay.Object.Header))
		}
	}
	return -1
}

// remoteOf is the host and port of a connection, as it was given them; empty: it
// does not tell. (In urllib3's connections host is a property.)
func (w *walk) remoteOf(o object.Ref) string {
	if o == 0 {
		return ""
	}
	host := w.strAttr(o, "_dns_host")
	if host == "" {
		host = w.strAttr(o, "host")
	}
	port, ok := w.intAttr(o, "port")
	if host == "" || !ok {
		return ""
	}
	return host + ":" + strconv.FormatInt(port, 10)
}
