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
type chaser struct {
	walks, failed int
	slow          bool // the first walk takes all the time that it has
}

func (*chaser) Name() string                                                    { return "chaser" }
func (c *chaser) Detect(*dlvext.Image, walker.Options) (walker.Instance, error) { return c, nil }
func (*chaser) Collect(context.Context, *dlvext.Image) error                    { return nil }
func (*chaser) ReadsHeap() bool                                                 { return true }
func (c *chaser) Walk(ctx context.Context, img *dlvext.Image, b *graph.Builder) error {
	c.walks++
	if c.slow && c.walks == 1 {
		<-ctx.Done()
		return nil
	}
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
// because all is copied, of a large one because the walk is made twice, and of
// one in between, if that takes too long, because all is copied after.
func TestHeapReaders(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	known, perMS := runtimes, privatePerMS
	t.Cleanup(func() { runtimes, privatePerMS = known, perMS })
	p, err := dlvext.OpenProcess(tg.PID)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	size, err := p.PrivateBytes()
	if err != nil {
		t.Fatal(err)
	}
	const stop = 4 * time.Second
	for _, c := range []struct {
		name  string
		perMS int64
		slow  bool
		walks int
	}{{"small", perMS, false, 1}, {"large", 0, false, 2}, {"between", size / 2 / stop.Milliseconds(), true, 2}} {
		t.Run(c.name, func(t *testing.T) {
			r := &chaser{slow: c.slow}
			runtimes, privatePerMS = []walker.Runtime{r}, c.perMS
			s, err := Attach(t.Context(), tg.PID, Options{MaxStop: stop})
			if err != nil {
				t.Fatal(err)
			}
			if r.walks != c.walks || r.failed > 0 || len(s.Tasks) != 1 {
				t.Errorf("%d walks, %d reads failed, %d tasks; want %d, 0, 1", r.walks, r.failed, len(s.Tasks), c.walks)
			}
		})
	}
}
