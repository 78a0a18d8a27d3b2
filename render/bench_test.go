package render_test

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// BenchmarkViews renders 100,000 tasks: once nearly all alike, as a server's
// connections are, and once all different, so that nothing coalesces. All of
// attach to report is to take less than a second for these.
func BenchmarkViews(b *testing.B) {
	for _, c := range []struct {
		name  string
		build func(n int) *graph.Snapshot
	}{{"alike", manyAlike}, {"different", manyDifferent}} {
		const tasks = 100_000
		s := c.build(tasks)
		for _, v := range append(slices.Clone(views), pictures...) {
			b.Run(fmt.Sprintf("%s/%s", c.name, v.name), func(b *testing.B) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for b.Loop() {
					if err := v.view(io.Discard, s, render.Options{}); err != nil {
						b.Fatal(err)
					}
				}
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/tasks, "bytes/task")
			})
		}
	}
}

func manyAlike(n int) *graph.Snapshot { return stuckWith(n/2, n/2) }

// manyDifferent is tasks with a function each, a tenth of which own a group.
func manyDifferent(n int) *graph.Snapshot {
	b := newSample(graph.Process{Source: "attach", PID: 1, Exe: "different"})
	b.goRuntime(0)
	var group *graph.Group
	for i := range n {
		fn := fmt.Sprintf("orders.(*Handler%d).serve", i)
		t := b.task(i+1, on(graph.WaitChanReceive, b.channel(uint64(0x10000+i*0x60), "chan int", 0, 1)), user(fn, "handler.go", i%5000), serve)
		if i%10 == 0 {
			group = b.Group("errgroup.Group", uint64(0x80000000+i*0x40))
			group.Owner, group.Outstanding, group.Evidence = t.ID, 9, wrapper
		} else {
			t.Groups = []graph.GroupID{group.ID}
		}
	}
	return b.Seal()
}
