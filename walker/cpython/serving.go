package cpython

import (
	"math"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// request is what a task or a thread serves; a field is empty where it is not known.
type request struct {
	serves string // what sort of request, with its article; empty: it serves none
	method string
	path   string // without what stands behind a question mark, which may be secret
	age    time.Duration
}

const (
	httpRequest = "an HTTP request"
	websocket   = "a websocket connection"
)

// server reads, from the frame of a function in which a server has a program's
// own code answer one request, which request that is.
type server func(*walk, *frame.Frame) request

// servers are all that this walker knows, by full name. Who stands in one serves
// that request. Frameworks are for servers that have no frames of Python: uWSGI, mod_wsgi.
//
//   - https://github.com/encode/uvicorn/blob/0.35.0/uvicorn/protocols/http/h11_impl.py#L402
//   - https://github.com/pgjones/hypercorn/blob/0.17.3/src/hypercorn/asyncio/task_group.py#L18
//   - https://github.com/benoitc/gunicorn/blob/23.0.0/gunicorn/workers/sync.py#L164
//   - https://github.com/aio-libs/aiohttp/blob/v3.11.0/aiohttp/web_protocol.py#L455
//   - https://github.com/tornadoweb/tornado/blob/v6.4.0/tornado/web.py#L1728
//   - https://github.com/python-websockets/websockets/blob/15.0/src/websockets/asyncio/server.py#L354
//   - https://github.com/celery/celery/blob/v5.4.0/celery/app/trace.py#L395
//   - https://github.com/ipython/ipykernel/blob/v6.29.0/ipykernel/kernelbase.py#L707
var servers = map[string]server{
	"uvicorn.protocols.http.h11_impl.RequestResponseCycle.run_asgi":                         asgi("self", "scope"),
	"uvicorn.protocols.http.httptools_impl.RequestResponseCycle.run_asgi":                   asgi("self", "scope"),
	"uvicorn.protocols.http.zttp_impl.RequestResponseCycle.run_asgi":                        asgi("self", "scope"),
	"uvicorn.protocols.http.zttp_h2_impl.RequestResponseCycle.run_asgi":                     asgi("self", "scope"),
	"uvicorn.protocols.websockets.websockets_impl.WebSocketProtocol.run_asgi":               asgi("self", "scope"),
	"uvicorn.protocols.websockets.websockets_sansio_impl.WebSocketsSansIOProtocol.run_asgi": asgi("self", "scope"),
	"uvicorn.protocols.websockets.wsproto_impl.WSProtocol.run_asgi":                         asgi("self", "scope"),
	"hypercorn.asyncio.task_group._handle":                                                  asgi("scope"),
	"gunicorn.asgi.protocol.ASGIProtocol._handle_http_request":                              asgi("scope"),
	"gunicorn.asgi.protocol.ASGIProtocol._handle_http2_request":                             asgi("scope"),
	"gunicorn.asgi.websocket.WebSocketProtocol.run":                                         asgi("self", "scope"),
	"gunicorn.workers.sync.SyncWorker.handle_request":                                       wsgi("req", "method"),
	"gunicorn.workers.gthread.ThreadWorker.handle_request":                                  wsgi("req", "method"),
	"gunicorn.workers.base_async.AsyncWorker.handle_request":                                wsgi("req", "method"),
	"werkzeug.serving.WSGIRequestHandler.run_wsgi":                                          wsgi("self", "command"),
	"flask.app.Flask.wsgi_app":                                                              environ,
	"django.core.handlers.wsgi.WSGIHandler.__call__":                                        environ,
	"aiohttp.web_protocol.RequestHandler._handle_request":                                   ofAiohttp,
	"tornado.web.RequestHandler._execute":                                                   ofTornado,
	"websockets.asyncio.server.Server.conn_handler":                                         ofWebsockets,
	"celery.app.trace.build_tracer.<locals>.trace_task":                                     ofCelery,
	"ipykernel.kernelbase.Kernel.execute_request":                                           ofNotebook,
}

// findRequests says of tasks and threads which request they serve: as the
// innermost of the servers' functions that they stand in has it.
func (w *walk) findRequests() {
	known := map[*graph.Frame]server{} // nil: it is none
	find := func(node *graph.Task, frames func(int) *frame.Frame) {
		for i, f := range node.Frames {
			s, ok := known[f]
			if !ok {
				s = servers[f.Func]
				known[f] = s
			}
			if s != nil {
				w.tellRequest(node, s(w, frames(i)))
				w.check(node, "which request it serves")
				return
			}
		}
	}
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		find(t.node, func(i int) *frame.Frame { return t.frames[i] })
	}
	for _, th := range w.threads {
		find(th.node, func(i int) *frame.Frame { return &th.own[i] })
	}
}

func (w *walk) tellRequest(node *graph.Task, q request) {
	if q.serves == "" || w.r.Err() != nil {
		return
	}
	node.Detail = append(node.Detail, graph.Attr{Key: graph.DetailServes, Value: q.serves})
	name := q.method
	if name != "" && q.path != "" {
		name += " "
	}
	if name += q.path; name != "" {
		node.Detail = append(node.Detail, graph.Attr{Key: graph.DetailRequest, Value: name})
	}
	if q.age > 0 {
		node.Detail = append(node.Detail, graph.Attr{Key: graph.DetailRequestAge, Value: q.age.Truncate(time.Millisecond)})
	}
}

// since is how long ago a time of the monotonic clock was, which time.monotonic
// and the clocks of event loops tell; 0: not known.
func (w *walk) since(start float64) time.Duration {
	now := w.img.Monotonic.Seconds()
	if now == 0 || math.IsNaN(start) || start <= 0 || start > now {
		return 0
	}
	return time.Duration((now - start) * float64(time.Second))
}

// asgi is a server whose variable, or an attribute of it, is the scope of an
// application (https://asgi.readthedocs.io/en/latest/specs/www.html).
func asgi(variable string, attribute ...string) server {
	return func(w *walk, f *frame.Frame) request {
		scope := w.some(w.fr.Local(f, variable))
		for _, name := range attribute {
			scope = w.attr(scope, name)
		}
		if !w.isA(scope, "dict") {
			return request{}
		}
		q := request{method: w.str(w.r.StrDict(scope, "method")), path: w.str(w.r.StrDict(scope, "path"))}
		switch w.str(w.r.StrDict(scope, "type")) {
		case "http":
			q.serves = httpRequest
		case "websocket":
			q.serves = websocket
		}
		return q
	}
}

// wsgi is a server that has the request in a variable.
func wsgi(variable, method string) server {
	return func(w *walk, f *frame.Frame) request {
		o := w.some(w.fr.Local(f, variable))
		return request{serves: httpRequest, method: w.strAttr(o, method), path: withoutQuery(w.strAttr(o, "path"))}
	}
}

// environ: the frameworks for WSGI have the request in a dict
// (https://peps.python.org/pep-3333/#environ-variables).
func environ(w *walk, f *frame.Frame) request {
	q := request{serves: httpRequest}
	if env := w.fr.Local(f, "environ"); w.isA(env, "dict") {
		q.method, q.path = w.str(w.r.StrDict(env, "REQUEST_METHOD")), w.str(w.r.StrDict(env, "PATH_INFO"))
	}
	return q
}

// ofAiohttp: the time is None where nobody wants to log it.
func ofAiohttp(w *walk, f *frame.Frame) request {
	o := w.some(w.fr.Local(f, "request"))
	q := request{serves: httpRequest, method: w.strAttr(o, "_method")}
	url := w.attr(o, "_rel_url")
	if q.path = w.strAttr(url, "_path"); q.path == "" { // to yarl 1.17 a SplitResult
		if parts := w.items(w.attr(url, "_val")); len(parts) > 2 {
			q.path = w.str(parts[2])
		}
	}
	if start := w.some(w.fr.Local(f, "start_time")); w.isA(start, "float") {
		q.age = w.since(w.r.Float(start))
	}
	return q
}

func ofTornado(w *walk, f *frame.Frame) request {
	o := w.attr(w.fr.Self(f), "request")
	q := request{serves: httpRequest, method: w.strAttr(o, "method"), path: w.strAttr(o, "path")}
	if start, ok := w.floatAttr(o, "_start_time"); ok && w.img.Monotonic != 0 { // by the clock on the wall
		if age := float64(w.img.CapturedAt.UnixMilli())/1000 - start; age > 0 && age < math.MaxInt32 {
			q.age = time.Duration(age * float64(time.Second))
		}
	}
	return q
}

func ofWebsockets(w *walk, f *frame.Frame) request {
	o := w.attr(w.some(w.fr.Local(f, "connection")), "request")
	return request{serves: websocket, path: withoutQuery(w.strAttr(o, "path"))}
}

func ofCelery(w *walk, f *frame.Frame) request {
	q := request{serves: "a Celery task", path: w.strAttr(w.some(w.fr.Local(f, "task_request")), "task")}
	if start := w.some(w.fr.Local(f, "time_start")); w.isA(start, "float") {
		q.age = w.since(w.r.Float(start))
	}
	return q
}

func ofNotebook(*walk, *frame.Frame) request { return request{serves: "a cell of a notebook"} }

func withoutQuery(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return path[:i]
	}
	return path
}
