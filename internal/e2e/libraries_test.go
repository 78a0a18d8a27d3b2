package e2e

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// What libraries that much is built on are about where goroutines wait in them, and
// which of those serve a request.
func TestPhasesOfLibraries(t *testing.T) {
	if !testtarget.Full() {
		t.Skip("large libraries; to lift: DLV_ASYNC_FULL=1")
	}
	want := map[string][]string{ // by the name of a goroutine
		"main.answer":  {""},
		"main.resolve": {""},
		"main.ask":     {"fasthttp client: waiting for a connection", "fasthttp client: waiting for the response"},
		"main.get":     {"", "go-redis: waiting for a connection"},
		"main.query":   {"pgxpool: opening a connection", "pgxpool: waiting for a connection"},
		"github.com/valyala/fasthttp.(*workerPool).getCh.func1": {"fasthttp server: waiting for a request"},
	}
	tg := testtarget.Start(t, buildIntegration(t, "libraries"))
	for _, v := range views {
		got, serve := map[string][]string{}, map[string]string{}
		for _, task := range v.see(t, tg).Tasks {
			if _, asked := want[task.Name]; asked {
				phase := "nothing: it does not wait"
				if len(task.Waits) > 0 {
					phase = task.Waits[0].Phase
				}
				got[task.Name] = append(got[task.Name], phase)
				slices.Sort(got[task.Name])
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
		if diff := cmp.Diff(map[string]string{"main.answer": "an HTTP request", "main.resolve": "a DNS query"}, serve); diff != "" {
			t.Errorf("%s: what goroutines serve (-want +got):\n%s", v.name, diff)
		}
	}
}
