package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A middleware of Starlette's, as FastAPI's @app.middleware("http") makes one, has a
// task of its own run what is further in, and call_next receives from a memory
// stream what that sends: the response, once it begins, or the stream's end
// (https://github.com/encode/starlette/blob/0.46.0/starlette/middleware/base.py#L116).
const (
	starletteNext = "starlette.middleware.base.BaseHTTPMiddleware.__call__.<locals>.call_next"
	starletteCoro = starletteNext + ".<locals>.coro"
	starletteBody = starletteNext + ".<locals>.body_stream"
)

// onNext: who receives in call_next, or what comes after, waits for that task.
func onNext(w *walk, at standing, wait *graph.Wait) bool {
	i := 1
	for strings.HasPrefix(at.outer(i), "anyio.") { // __anext__
		i++
	}
	if f := at.outer(i); f != starletteNext && f != starletteBody {
		return false
	}
	t := w.middlewares()[w.attr(at.self, "_state")]
	if t == nil || t == at.task {
		return false
	}
	wait.Kind, wait.Task, wait.Text = graph.WaitTask, t.node.ID, "call_next"
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "the memory stream that send_stream of its " + starletteCoro + " is the other end of"}
	return true
}

// middlewares are the tasks that run what is further in, by the state of the
// stream that they send to.
func (w *walk) middlewares() map[object.Ref]*task {
	if w.senders != nil {
		return w.senders
	}
	w.senders = map[object.Ref]*task{}
	for _, t := range w.tasks {
		for _, f := range t.frames {
			if f.Func != starletteCoro {
				continue
			}
			if state := w.attr(w.some(w.fr.Local(f, "send_stream")), "_state"); state != 0 {
				w.senders[state] = t
			}
		}
	}
	return w.senders
}

// clients are where an application waits for its client: for the rest of a request, or
// for it to go away.
var clients = map[string]bool{
	"uvicorn.protocols.http.h11_impl.RequestResponseCycle.receive":       true,
	"uvicorn.protocols.http.httptools_impl.RequestResponseCycle.receive": true,
	"uvicorn.protocols.http.zttp_impl.RequestResponseCycle.receive":      true,
}

// onClient: Uvicorn's requests have an event for what comes from the client.
func onClient(w *walk, at standing, wait *graph.Wait) bool {
	if !clients[at.outer(1)] {
		return false
	}
	at = w.standing(at.task, at.index+1)
	wait.Frame = int32(at.index)
	onConnection("read", "")(w, at, wait)
	return wait.Kind != ""
}
