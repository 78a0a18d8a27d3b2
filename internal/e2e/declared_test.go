package e2e

import (
	"slices"
	"testing"

	dlvasync "github.com/dlv-async/dlv-async"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Libraries whose declarations come with dlv-async, in programs of their own
// modules: which tasks of which names stand in which group.
func TestDeclaredLibraries(t *testing.T) {
	if !testtarget.Full() {
		t.Skip("it builds large libraries: set DLV_ASYNC_FULL=1")
	}
	for _, c := range []struct {
		program, kind string
		members       []string // their names, the functions of the program's own that they stand in, and what is awaited
	}{
		{"temporal", "temporal workflow", []string{"mailer main.Order.func2 workflow future", "root main.Order workflow wait group", "shipper main.receive workflow channel"}},
		{"ants", "ants pool", []string{"main.main.func1 main.busy chan", "main.main.func1 main.busy chan"}},
	} {
		t.Run(c.program, func(t *testing.T) {
			tg := testtarget.Start(t, buildIntegration(t, c.program))
			s, err := dlvasync.Attach(t.Context(), tg.PID, dlvasync.Options{})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(s.Groups, func(g *graph.Group) bool { return g.Kind == c.kind })
			if i < 0 {
				t.Fatalf("there is no %s: %v", c.kind, s.Problems)
			}
			var members []string
			for _, id := range s.Groups[i].Members {
				task := s.Task(id)
				where := "nowhere"
				if j := slices.IndexFunc(task.Frames, func(f *graph.Frame) bool { return f.Origin == graph.OriginUser }); j >= 0 {
					where = task.Frames[j].Func
				}
				members = append(members, task.Name+" "+where+" "+s.Resource(task.Waits[0].Resource).Kind)
			}
			slices.Sort(members)
			if !slices.Equal(members, c.members) {
				t.Errorf("the members are %q, want %q", members, c.members)
			}
		})
	}
}
