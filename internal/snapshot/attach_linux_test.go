package snapshot

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// chaser is a runtime that reads a word when it walks and nothing before.
type chaser struct{ walks, failed int }

func (*chaser) Name() string                                                    { return "chaser" }
func (c *chaser) Detect(*dlvext.Image, walker.Options) (walker.Instance, error) { return c, nil }
func (*chaser) Collect(context.Context, *dlvext.Image) error                    { return nil }
func (*chaser) ReadsHeap() bool                                                 { return true }
func (c *chaser) Walk(_ context.Context, img *dlvext.Image, b *graph.Builder) error {
	c.walks++
	addr, _, ok := img.Symbol("runtime.physPageSize")
	if !ok {
		return errors.New("no such symbol")
	}
	if err := img.Memory.Read(addr, make([]byte, 8)); err != nil {
		c.failed++
	}
	b.Task(&graph.Task{ID: "chaser:1", State: graph.StateRunning})
	return nil
}

// What a walk reads that goes all over the heap is there: of a small process
// because all is copied, of a large one because the walk is made twice.
func TestHeapReaders(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	known, perMS := runtimes, privatePerMS
	t.Cleanup(func() { runtimes, privatePerMS = known, perMS })
	for _, c := range []struct {
		name  string
		perMS int64
		walks int
	}{{"small", perMS, 1}, {"large", 0, 2}} {
		t.Run(c.name, func(t *testing.T) {
			r := &chaser{}
			runtimes, privatePerMS = []walker.Runtime{r}, c.perMS
			s, err := Attach(t.Context(), tg.PID, Options{MaxStop: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			if r.walks != c.walks || r.failed > 0 || len(s.Tasks) != 1 {
				t.Errorf("%d walks, %d reads failed, %d tasks; want %d, 0, 1", r.walks, r.failed, len(s.Tasks), c.walks)
			}
		})
	}
}
