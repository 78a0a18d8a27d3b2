package golang

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// handlers are the functions of libraries that have a program's own code answer
// one request: a goroutine that stands in one serves that request, as the
// innermost of them says.
var handlers = map[string]string{
	"net/http.serverHandler.ServeHTTP":                     "an HTTP request",
	"http2.(*serverConn).runHandler":                       "an HTTP request",
	"google.golang.org/grpc.(*Server).processUnaryRPC":     "a gRPC call",
	"google.golang.org/grpc.(*Server).processStreamingRPC": "a gRPC stream",
	"net/rpc.(*service).call":                              "an RPC",

	// In gRPC 1.85 one function serves both, and calls have a wrapper within it.
	"google.golang.org/grpc.(*Server).wrapUnaryHandler.func1":                    "a gRPC call",
	"google.golang.org/grpc.(*Server).register.(*Server).wrapUnaryHandler.func1": "a gRPC call", // inlined there
	"google.golang.org/grpc.(*Server).processRPC":                                "a gRPC stream",
}

// servedBy is what a goroutine with these calls serves; empty: nothing that is known.
func servedBy(frames []*graph.Frame) string {
	for _, f := range frames {
		if f.Origin == graph.OriginStdlib || f.Origin == graph.OriginLibrary {
			if what := handlers[plainName(f.Func)]; what != "" {
				return what
			}
		}
	}
	return ""
}

// describeRequest says of a task that it serves a request, and since when at
// least: net/http keeps the second in which the request came. A connection that
// the handler took over is no request any more.
func (w *walk) describeRequest(t *graph.Task, g *goroutine) {
	what := w.shape(g).serves
	if what == "" {
		return
	}
	k, ok := w.httpConns[g]
	if ok && k.state == "hijacked" {
		what = "a hijacked connection"
	}
	t.Detail = append(t.Detail, attr(graph.DetailServes, what))
	if !ok || k.state != "active" || !w.nowExact { // when a core was taken is not known well enough
		return
	}
	if age := w.img.CapturedAt.Sub(time.Unix(k.since+1, 0)); age > 0 {
		t.Detail = append(t.Detail, attr(graph.DetailRequestAge, age.Truncate(time.Millisecond)))
	}
}
