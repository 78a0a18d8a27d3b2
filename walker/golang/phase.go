package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// phases are what a library is about when a goroutine waits in one of its
// functions. A name that ends with a star stands for all that begin so.
var phases = map[string]string{
	"net.(*netFD).connect":                  "connecting",
	"net.(*Resolver).lookupIPAddr":          "looking up a name",
	"net.(*Resolver).exchange":              "asking a name server",
	"testing.(*T).Parallel":                 "testing: waiting for the tests that are not parallel",
	"testing.(*testState).waitParallel":     "testing: waiting for another parallel test to end",
	"testing.(*testContext).waitParallel":   "testing: waiting for another parallel test to end",
	"crypto/tls.(*Conn).clientHandshake":    "TLS handshake",
	"crypto/tls.(*Conn).serverHandshake":    "TLS handshake",
	"crypto/tls.(*Conn).handshakeContext":   "TLS handshake",
	"net/http.(*Transport).getConn":         "http client: waiting for a connection",
	"net/http.(*Transport).dialConn":        "http client: dialling",
	"net/http.(*persistConn).addTLS":        "http client: TLS handshake",
	"net/http.(*persistConn).roundTrip":     httpAwaits,
	"net/http.(*persistConn).readResponse":  "http client: reading the response's headers",
	"net/http.(*bodyEOFSignal).Read":        httpBody,
	"net/http.(*Request).write":             "http client: writing the request",
	"net/http.(*conn).readRequest":          "http server: reading a request's headers",
	"net/http.(*connReader).backgroundRead": "http server: watching for the client to leave",
	"net/http.checkConnErrorWriter.Write":   "http server: writing the response",
	"database/sql.(*DB).conn":               "database/sql: waiting for a connection",
	"database/sql.(*DB).connectionOpener":   "database/sql: opens connections when they are wanted",
	"database/sql.(*Tx).awaitDone":          "database/sql: watching over a transaction",
	"database/sql.(*Rows).awaitDone":        "database/sql: watching over rows",

	"http2.(*ClientConn).roundTrip":            httpAwaits,
	"http2.transportResponseBody.Read":         httpBody,
	"http2.(*ClientConn).readLoop":             "http client: reading what the server sends",
	"http2.(*clientStream).awaitFlowControl":   "http client: waiting for room to send",
	"http2.(*clientStream).doRequest":          "http client: a request under way",
	"http2.(*serverConn).serve":                "http server: serving a connection",
	"http2.(*serverConn).readFrames":           "http server: reading what the client sends",
	"http2.(*serverConn).writeDataFromHandler": "http server: writing the response",
	"http2.(*requestBody).Read":                "http server: reading the request's body",

	"google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run":     "gRPC: nothing to call back",
	"google.golang.org/grpc/internal/transport.(*http2Server).keepalive":     "gRPC: keeping a connection alive",
	"google.golang.org/grpc/internal/transport.(*http2Client).keepalive":     "gRPC: keeping a connection alive",
	"google.golang.org/grpc.(*addrConn).createTransport":                     "gRPC: connecting",
	"google.golang.org/grpc.(*addrConn).resetTransportAndUnlock":             "gRPC: waiting to connect again",
	"google.golang.org/grpc.newClientStreamWithParams.func4":                 "gRPC: watching over a stream",
	"google.golang.org/grpc.(*pickerWrapper).pick":                           "gRPC: waiting for a connection that is ready",
	"google.golang.org/grpc/internal/transport.(*Stream).waitOnHeader":       "gRPC: waiting for the response's headers",
	"google.golang.org/grpc/internal/transport.(*ClientStream).*":            "gRPC: waiting for the response's headers",
	"google.golang.org/grpc/internal/transport.(*recvBufferReader).*":        "gRPC: waiting for a message",
	"google.golang.org/grpc/internal/transport.(*writeQuota).get":            "gRPC: waiting for room to send",
	"google.golang.org/grpc/internal/transport.(*controlBuffer).get":         "gRPC: nothing to write",
	"google.golang.org/grpc/internal/transport.(*http2Client).reader":        "gRPC: reading what the server sends",
	"google.golang.org/grpc/internal/transport.(*http2Server).HandleStreams": "gRPC: reading what the client sends",

	"github.com/valyala/fasthttp.(*HostClient).acquireConn":           "fasthttp client: waiting for a connection",
	"github.com/valyala/fasthttp.(*HostClient).dialHostHard":          "fasthttp client: dialling",
	"github.com/valyala/fasthttp.(*Response).ReadLimitBody":           "fasthttp client: waiting for the response",
	"github.com/redis/go-redis/v9/internal/pool.(*ConnPool).waitTurn": "go-redis: waiting for a connection",
	"github.com/jackc/puddle/v2.(*Pool[...]).initResourceValue":       "pgxpool: opening a connection",
	"github.com/jackc/pgx/v5/pgxpool.(*Pool).Acquire":                 "pgxpool: waiting for a connection",
}

// loops are phases of functions that do one thing while they wait on the
// network, and another in a select.
var loops = map[string][2]string{
	"net/http.(*persistConn).readLoop":  {httpReads, "http client: waiting for the response's body to be read"},
	"net/http.(*persistConn).writeLoop": {"http client: writing the request", "http client: nothing to write"},
	"net/http.(*conn).serve":            {"http server: waiting for a request", ""},
	fasthttpServe:                       {"fasthttp server: waiting for a request", ""},
}

// transferBody is a body of a request or a response: whose, an outer call tells.
const transferBody = "net/http.(*body).Read"

// plainName is a function's name without what differs between the copies of
// HTTP/2 that there are: net/http's own before Go 1.27 and since, and the
// module's.
func plainName(fn string) string {
	for _, prefix := range []string{"net/http.(*http2", "net/http/internal/http2.(*", "golang.org/x/net/http2.(*"} {
		if rest, ok := strings.CutPrefix(fn, prefix); ok {
			return "http2.(*" + rest
		}
	}
	for _, prefix := range []string{"net/http.http2", "net/http/internal/http2.", "golang.org/x/net/http2."} {
		if rest, ok := strings.CutPrefix(fn, prefix); ok {
			return "http2." + rest
		}
	}
	return fn
}

// phaseOf is what a library is about, of whose functions the user's own code, if
// there is any, called one.
func phaseOf(frames []*graph.Frame, kind graph.WaitKind) string {
	phase := ""
	for i, f := range frames {
		if f.Origin == graph.OriginUser || servedIn(frames, i) != "" { // what a handler waits for is its own matter
			return phase
		}
		fn := plainName(f.Func)
		if p, ok := phases[fn]; ok {
			return p
		}
		if dot := strings.LastIndexByte(fn, '.'); dot >= 0 {
			if p, ok := phases[fn[:dot+1]+"*"]; ok {
				return p
			}
		}
		if p, ok := loops[fn]; ok {
			if kind == graph.WaitNetwork {
				return p[0]
			}
			return p[1]
		}
		if fn == transferBody {
			phase = "http server: reading the request's body"
		}
	}
	return phase
}
