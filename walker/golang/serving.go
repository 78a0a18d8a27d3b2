package golang

import (
	"strings"
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
	"github.com/miekg/dns.(*Server).serveDNS":              "a DNS query",

	// In gRPC 1.85 one function serves both, and calls have a wrapper within it.
	"google.golang.org/grpc.(*Server).wrapUnaryHandler.func1":                    "a gRPC call",
	"google.golang.org/grpc.(*Server).register.(*Server).wrapUnaryHandler.func1": "a gRPC call", // inlined there
	"google.golang.org/grpc.(*Server).processRPC":                                "a gRPC stream",
}

// fasthttpServe reads requests of a connection, and calls the handler for each.
// https://github.com/valyala/fasthttp/blob/v1.58.0/server.go#L2380
const (
	fasthttpServe   = fasthttpPackage + ".(*Server).serveConn"
	fasthttpPackage = "github.com/valyala/fasthttp"
)

// servedBy is what a goroutine with these calls serves; empty: nothing that is known.
func servedBy(frames []*graph.Frame) string {
	for i, f := range frames {
		if f.Origin == graph.OriginStdlib || f.Origin == graph.OriginLibrary {
			if what := servedIn(frames, i); what != "" {
				return what
			}
		}
	}
	return ""
}

// servedIn is what the one of some calls serves by what it called; empty: nothing
// that is known.
func servedIn(frames []*graph.Frame, i int) string {
	if frames[i].Func == fasthttpServe && i > 0 && isHandler(frames[i-1]) {
		return "an HTTP request"
	}
	return handlers[plainName(frames[i].Func)]
}

// isHandler tells whether what fasthttp called is a handler: code of its own, and the
// standard library's, reads and writes a connection, but for those handlers that
// it offers itself.
func isHandler(f *graph.Frame) bool {
	switch {
	case f.Origin == graph.OriginStdlib || f.Origin == graph.OriginRuntime:
		return false
	case f.Module == fasthttpPackage:
		return strings.Contains(f.Func, "Handler")
	}
	return true
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
