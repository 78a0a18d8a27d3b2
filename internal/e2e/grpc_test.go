package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// What gRPC is about where its goroutines wait, on both sides.
func TestPhasesOfGRPC(t *testing.T) {
	if !testtarget.Full() {
		t.Skip("a large library; to lift: DLV_ASYNC_FULL=1")
	}
	want := map[string]string{ // by the name of a goroutine
		"main.unary":    "gRPC: waiting for the response's headers",
		"main.stream":   "gRPC: waiting for a message",
		"main.upload":   "gRPC: waiting for room to send",
		"main.connects": "gRPC: waiting for a connection that is ready",
		"main.serve":    "gRPC: waiting for a message",
		"main.mute":     "",
		"google.golang.org/grpc/internal/transport.(*http2Client).reader":    "gRPC: reading what the server sends",
		"google.golang.org/grpc/internal/transport.(*http2Server).keepalive": "gRPC: keeping a connection alive",
		"google.golang.org/grpc/internal/transport.NewHTTP2Client.func6":     "gRPC: nothing to write",
		"google.golang.org/grpc/internal/transport.NewServerTransport.func3": "gRPC: nothing to write",
		"google.golang.org/grpc.(*Server).handleRawConn.func1":               "gRPC: reading what the client sends",
		"google.golang.org/grpc.newClientStreamWithParams.func4":             "gRPC: watching over a stream",
		"google.golang.org/grpc.(*addrConn).connect":                         "gRPC: waiting to connect again",
		"google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run": "gRPC: nothing to call back",
	}
	tg := testtarget.Start(t, buildIntegration(t, "grpc"))
	for _, v := range views {
		got, serve := map[string]string{}, map[string]string{}
		for _, task := range v.see(t, tg).Tasks {
			if _, asked := want[task.Name]; asked && len(task.Waits) > 0 {
				got[task.Name] = task.Waits[0].Phase
			} else if asked {
				got[task.Name] = "nothing: it does not wait"
			}
			for _, a := range task.Detail {
				if a.Key == graph.DetailServes {
					serve[task.Name] = a.Value.(string)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: what goroutines are about (-want +got):\n%s", v.name, diff)
		}
		if diff := cmp.Diff(map[string]string{"main.serve": "a gRPC stream", "main.mute": "a gRPC stream"}, serve); diff != "" {
			t.Errorf("%s: what goroutines serve (-want +got):\n%s", v.name, diff)
		}
	}
}
