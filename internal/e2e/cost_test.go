package e2e

import (
	"strconv"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What a walk asks of a target per task does not grow with the tasks, and is
// bounded: it is what a stop lasts by. Times are for benchmarks.
func TestCostPerTask(t *testing.T) {
	const (
		mostReads = 4    // its g, its stack, its sudog, what it waits on
		mostBytes = 1100 // 456 of a g, 104 of a sudog, 96 of a channel, and the used end of its stack
	)
	few, many := costOf(t, 1000), costOf(t, 8000)
	t.Logf("with 1,000 goroutines %+v, with 8,000 %+v", few, many)
	if many.reads > few.reads*1.05 || many.bytes > few.bytes*1.05 {
		t.Errorf("a task costs more among 8,000 (%+v) than among 1,000 (%+v)", many, few)
	}
	if few.reads > mostReads || few.bytes > mostBytes {
		t.Errorf("a task costs %+v, which is more than %d reads or %d bytes", few, mostReads, mostBytes)
	}
}

// cost is what a walk asks for, per task.
type cost struct{ reads, bytes float64 }

// costOf walks n parked goroutines. Half wait for a channel of their own.
func costOf(t testing.TB, n int) cost {
	t.Helper()
	return costOfTarget(t, testtarget.Start(t, testtarget.Build(t, "manyg", testtarget.Options{}), strconv.Itoa(n)), n)
}

// costOfTarget is what a walk of a target with n goroutines asks for.
func costOfTarget(t testing.TB, tg *testtarget.Target, n int) cost {
	t.Helper()
	r := recordTarget(t, tg)
	var c cost
	for _, read := range r.read {
		c.reads += 1 / float64(n)
		c.bytes += float64(read.Len) / float64(n)
	}
	return c
}

// BenchmarkWalk measures the walk alone, over a recording, with its opening.
func BenchmarkWalk(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			if n > 10_000 && !testtarget.Full() {
				b.Skip("a large recording; to lift: DLV_ASYNC_FULL=1")
			}
			r := record(b, "manyg", strconv.Itoa(n))
			for b.Loop() {
				if _, err := r.walk(b, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/task")
		})
	}
}
