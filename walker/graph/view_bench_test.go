package graph_test

import (
	"fmt"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// services builds a server of n tasks: handlers, each with a group of nine
// workers that wait on channels, below one group of main's.
func services(n int) *graph.Builder {
	b := graph.NewBuilder("test")
	handle, work := frames("wait", "handle", "serve"), frames("receive", "work", "start")
	at := frames("spawn")[0]
	conns := group(b, 0xc000)
	conns.OpenedAt = &graph.Opening{Task: "go:1", Frame: 0, Evidence: proven}
	b.Task(waiting("go:1", on(conns), frames("main")...))
	var calls *graph.Group
	var handler graph.TaskID
	for i := 2; i <= n; i++ {
		id := graph.TaskID(fmt.Sprintf("go:%d", i))
		var t *graph.Task
		if i%10 == 2 {
			handler = id
			calls = group(b, 0xd000+uint64(i)*16)
			calls.OpenedAt = &graph.Opening{Task: id, Frame: 1, Evidence: proven}
			t = waiting(id, on(calls), handle...)
			t.Groups = []graph.GroupID{conns.ID}
		} else {
			c := b.Resource("chan", 0xe00000+uint64(i)*16)
			t = waiting(id, graph.Wait{Kind: graph.WaitChanReceive, Resource: c.ID, Evidence: proven}, work...)
			t.Groups = []graph.GroupID{calls.ID}
			t.CreatedBy = &graph.Creation{Task: handler, At: at}
		}
		b.Task(t)
	}
	return b
}

func BenchmarkViews(b *testing.B) {
	const n = 100_000
	s := services(n).Seal()
	for name, view := range map[string]func() int{
		"forest": func() int { return len(s.Forest(graph.ForestOptions{Coalesce: true})) },
		"stacks": func() int { return len(s.Stacks(graph.ForestOptions{})) },
		"select": func() int { return len(s.Select(graph.Filter{Wait: []graph.WaitKind{graph.WaitChanReceive}}).Tasks) },
		"causes": func() int { return len(s.Causes(graph.CausesOptions{}).List) },
		"find":   func() int { return len(s.Find("~work")) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if view() == 0 {
					b.Fatal("nothing to see")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/task")
		})
	}
}
