package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Tasks that wait for responses from several servers are in the same phase.
func TestPhasesOfSeveralPeers(t *testing.T) {
	for _, c := range []struct{ other, want string }{
		{"http client: waiting for the response from 10.0.0.2:80", "http client: waiting for the response: select of 2"},
		{"http client: waiting for the response from 10.0.0.1:80", "http client: waiting for the response from 10.0.0.1:80: select of 2"},
		{"http client: dialling", "select of 2"},
	} {
		b := graph.NewBuilder("test")
		b.Runtime(&graph.Runtime{ID: "go", Name: "go", Complete: true})
		for id, phase := range map[graph.TaskID]string{"go:1": "http client: waiting for the response from 10.0.0.1:80", "go:2": c.other} {
			ch := b.Resource("chan", uint64(len(id))+uint64(id[3])<<8)
			b.Task(&graph.Task{
				ID: id, Runtime: "go", State: graph.StateWaiting, Frames: []*graph.Frame{{Func: "main.ask", File: "main.go", Line: 1}},
				Waits: []graph.Wait{{Kind: graph.WaitSelect, Phase: phase, Branches: []graph.Wait{{Kind: graph.WaitChanReceive, Resource: ch.ID}, {Kind: graph.WaitTimer}}}},
			})
		}
		var out bytes.Buffer
		if err := Tree(&out, b.Seal(), Options{Width: 200}); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, "  "+c.want+"  (go:1, go:2)") {
			t.Errorf("with %s:\n%s\nwant %q", c.other, got, c.want)
		}
	}
}
