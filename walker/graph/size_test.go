package graph_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// maxTaskBytes is what one task may cost in a snapshot of 100,000, with all that
// belongs to it.
const maxTaskBytes = 600

// waiters builds n tasks, each waiting on a channel of its own whose state is
// known, each with a creator: ten tasks each, none of whom has the same. They
// stand at a few places, as the tasks of a busy server do.
func waiters(n int) *graph.Builder {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Complete: true})
	var places [8][]*graph.Frame
	for i := range places {
		places[i] = frames("receive", fmt.Sprint("worker", i), "run", "serve", "start")
	}
	at := frames("spawn")[0]
	for i := range n {
		id := graph.TaskID(fmt.Sprintf("go:%d", i+1))
		ch := b.Resource("chan", 0xc000000000+uint64(i)*96)
		ch.Type = "chan int"
		ch.Detail = []graph.Attr{{Key: "len", Value: int64(0)}, {Key: "cap", Value: int64(i % 64)}, {Key: "closed", Value: false}}
		b.Task(&graph.Task{
			ID: id, Runtime: "go", NativeID: string(id[3:]), Name: "main.worker", Kind: "goroutine", State: graph.StateWaiting,
			Frames:    append([]*graph.Frame(nil), places[i%8]...),
			CreatedBy: &graph.Creation{Task: graph.TaskID(fmt.Sprintf("go:%d", i/10+1)), At: at},
			Waits: []graph.Wait{{
				Kind: graph.WaitChanReceive, Text: "chan receive", Resource: ch.ID, Since: 3 * time.Minute,
				Evidence: graph.Evidence{Confidence: graph.Proven, How: "g.waiting → sudog.c"},
			}},
		})
	}
	return b
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func taskBytes(n int) float64 {
	before := heapInUse()
	s := waiters(n).Seal()
	after := heapInUse()
	runtime.KeepAlive(s)
	return float64(after-before) / float64(n)
}

func TestTaskFitsItsBudget(t *testing.T) {
	got := taskBytes(100_000)
	t.Logf("%.0f bytes a task", got)
	if got > maxTaskBytes && !raceDetector {
		t.Errorf("a task costs %.0f bytes, want at most %d", got, maxTaskBytes)
	}
}

// BenchmarkSeal is for the cost of a task, which should stay flat.
func BenchmarkSeal(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				builder := waiters(n)
				b.StartTimer()
				builder.Seal()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/task")
		})
	}
}
