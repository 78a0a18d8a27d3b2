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
	"crypto/tls.(*Conn).clientHandshake":    "TLS handshake",
	"crypto/tls.(*Conn).serverHandshake":    "TLS handshake",
	"crypto/tls.(*Conn).handshakeContext":   "TLS handshake",
	"net/http.(*Transport).getConn":         "http client: waiting for a connection",
	"net/http.(*Transport).dialConn":        "http client: dialling",
	"net/http.(*persistConn).addTLS":        "http client: TLS handshake",
	"net/http.(*persistConn).roundTrip":     "http client: waiting for the response",
	"net/http.(*persistConn).readResponse":  "http client: reading the response's headers",
	"net/http.(*bodyEOFSignal).Read":        "http client: reading the response's body",
	"net/http.(*Request).write":             "http client: writing the request",
	"net/http.(*http2ClientConn).*":         "http client: waiting for the response",
	"net/http.(*conn).readRequest":          "http server: reading a request's headers",
	"net/http.(*body).Read":                 "http server: reading the request's body",
	"net/http.(*connReader).backgroundRead": "http server: watching for the client to leave",
	"net/http.checkConnErrorWriter.Write":   "http server: writing the response",
	"database/sql.(*DB).conn":               "database/sql: waiting for a connection",
	"database/sql.(*DB).connectionOpener":   "database/sql: opens connections when they are wanted",
	"database/sql.(*Tx).awaitDone":          "database/sql: watching over a transaction",
	"database/sql.(*Rows).awaitDone":        "database/sql: watching over rows",

	"google.golang.org/grpc.(*pickerWrapper).pick":                           "gRPC: waiting for a connection that is ready",
	"google.golang.org/grpc/internal/transport.(*Stream).waitOnHeader":       "gRPC: waiting for the response's headers",
	"google.golang.org/grpc/internal/transport.(*ClientStream).*":            "gRPC: waiting for the response's headers",
	"google.golang.org/grpc/internal/transport.(*recvBufferReader).*":        "gRPC: waiting for a message",
	"google.golang.org/grpc/internal/transport.(*writeQuota).get":            "gRPC: waiting for room to send",
	"google.golang.org/grpc/internal/transport.(*controlBuffer).get":         "gRPC: nothing to write",
	"google.golang.org/grpc/internal/transport.(*http2Client).reader":        "gRPC: reading what the server sends",
	"google.golang.org/grpc/internal/transport.(*http2Server).HandleStreams": "gRPC: reading what the client sends",
}

// loops are phases of functions that do one thing while they wait on the
// network, and another in a select.
var loops = map[string][2]string{
	"net/http.(*persistConn).readLoop":  {"http client: connection idle, or waiting for the response", "http client: waiting for the response's body to be read"},
	"net/http.(*persistConn).writeLoop": {"http client: writing the request", "http client: nothing to write"},
	"net/http.(*conn).serve":            {"http server: waiting for a request", ""},
}

// phaseOf is what a library is about, of whose functions the user's own code, if
// there is any, called one.
func phaseOf(frames []*graph.Frame, kind graph.WaitKind) string {
	for _, f := range frames {
		if f.Origin == graph.OriginUser {
			return ""
		}
		if p, ok := phases[f.Func]; ok {
			return p
		}
		if dot := strings.LastIndexByte(f.Func, '.'); dot >= 0 {
			if p, ok := phases[f.Func[:dot+1]+"*"]; ok {
				return p
			}
		}
		if p, ok := loops[f.Func]; ok {
			if kind == graph.WaitNetwork {
				return p[0]
			}
			return p[1]
		}
	}
	return ""
}
