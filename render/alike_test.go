package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Tasks that wait for responses from several servers are in the same phase.
func TestPhasesOfSeveralPeers(t *testing.T) {
	for _, c := range []struct{ other, want string }{
		{"http client: waiting for the response from 10.0.0.2:80", "http client: waiting for the response: select of 2"},
		{"http client: waiting for the response from 10.0.0.1:80", "http client: waiting for the response from 10.0.0.1:80: select of 2"},
		{"http client: dialling", "select of 2: chan receive, timer"},
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

// Of selects that are alike it is said what they all wait for, and of what else.
func TestSelectsOfOneThing(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Complete: true})
	free := b.Resource("chan", 0x5000)
	free.Type = "chan struct {}"
	for i := range uint64(3) {
		own, stop := b.Resource("chan", 0x6000+i<<8), b.Resource("context", 0x7000+i<<8)
		branches := []graph.Wait{
			{Kind: graph.WaitContext, Resource: stop.ID}, {Kind: graph.WaitChanReceive, Resource: free.ID},
			{Kind: graph.WaitChanReceive, Resource: own.ID}, {Kind: graph.WaitTimer},
		}
		b.Task(&graph.Task{
			ID: graph.TaskID(fmt.Sprintf("go:%d", i+1)), Runtime: "go", State: graph.StateWaiting, Frames: []*graph.Frame{{Func: "main.get", File: "main.go", Line: 1}},
			Waits: []graph.Wait{{Kind: graph.WaitSelect, Branches: branches}},
		})
	}
	b.Task(&graph.Task{ID: "go:9", Runtime: "go", State: graph.StateWaiting, Frames: []*graph.Frame{{Func: "main.get", File: "main.go", Line: 1}}})
	var out bytes.Buffer
	if err := Report(&out, b.Seal(), Options{Width: 200}); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "  select of 4: chan receive from 0x5000, context, chan receive, timer  (go:1, go:2, go:3)"; !strings.Contains(got, want) {
		t.Errorf("%q is missing:\n%s", want, got)
	}
}

// A report has one line for tasks that it would say the same of twice: they began alike,
// and stand at one place, though further in they stand elsewhere.
func TestReportsSayThingsOnce(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Complete: true})
	next := 0
	task := func(funcs ...string) {
		next++
		frames := []*graph.Frame{}
		for i, fn := range funcs {
			origin := graph.OriginLibrary
			if strings.HasPrefix(fn, "main.") {
				origin = graph.OriginUser
			}
			frames = append(frames, &graph.Frame{Func: fn, File: "x.go", Line: len(funcs) - i, Origin: origin})
		}
		b.Task(&graph.Task{ID: graph.TaskID(fmt.Sprintf("go:%d", next)), Runtime: "go", State: graph.StateRunnable, Frames: frames})
	}
	task("db.(*Iter).seek", "db.(*Iter).Next", "main.scan", "main.main.func1")
	task("db.(*Iter).Next", "main.scan", "main.main.func1")
	task("db.(*Iter).Next", "main.scan", "main.main.func2") // another go statement
	task("db.(*Iter).Close", "main.scan", "main.main.func1")
	s := b.Seal()
	for _, c := range []struct {
		options Options
		lines   int
	}{{Options{Width: 200}, 3}, {Options{Width: 200, Full: true}, 4}} {
		var out bytes.Buffer
		if err := Tree(&out, s, c.options); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "main.scan"); n != c.lines {
			t.Errorf("%d lines, want %d:\n%s", n, c.lines, out.String())
		}
	}
}
