package snapshot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Attach takes a snapshot of a live process. The process stands still only
// while the runtimes collect; symbols are opened before, and what was
// collected is interpreted after.
func Attach(ctx context.Context, pid int, o Options) (*graph.Snapshot, error) {
	l, err := NewLive(pid, o)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return l.Take(ctx, o)
}

// Live is a process that snapshots are taken of at different moments. What its
// files tell is read once, and what was learnt of its code is kept.
type Live struct {
	process *dlvext.Process
	all     []found
}

// NewLive opens a live process.
func NewLive(pid int, o Options) (*Live, error) {
	p, err := dlvext.OpenProcess(pid)
	if err != nil {
		return nil, err
	}
	if o.Record != nil {
		dlvext.Record(p.Image())
	}
	all, err := detect(p.Image(), o)
	if err != nil {
		p.Close()
		return nil, err
	}
	return &Live{p, all}, nil
}

// Close lets go of the process's files.
func (l *Live) Close() { l.process.Close() }

// Take takes a snapshot. The process has the libraries that it had when it was
// opened: those that it loaded since are not known.
func (l *Live) Take(ctx context.Context, o Options) (*graph.Snapshot, error) {
	p, all := l.process, slices.Clone(l.all)
	how := dlvext.CaptureOptions{Heap: o.Heap, NoStop: o.NoStop, MaxStop: o.MaxStop}
	how.Reserve, how.ReserveBeside = estimate(all)
	plan, err := planFor(p, all, o)
	if err != nil {
		return nil, err
	}
	unfinished := false
	how.Private = plan.copy
	if plan.fallBack {
		how.PrivateToo = func() bool { return unfinished }
	}
	img, err := p.Capture(ctx, how, func(ctx context.Context, img *dlvext.Image) error {
		err := collect(ctx, img, all)
		if err == nil && plan.rehearse > 0 {
			unfinished = !rehearse(ctx, img, all, plan.rehearse)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s, err := walk(ctx, img, all, o)
	if err != nil || o.Record == nil {
		return s, err
	}
	if err := dlvext.WriteRecording(o.Record, img); err != nil {
		return nil, fmt.Errorf("cannot write the recording: %w", err)
	}
	return s, nil
}

// privatePerMS is how much private memory is copied whole, for each millisecond
// that the process may stand still: 300 MB by default. Two idle cores copy 4 to
// 7 MB in a millisecond, on a machine with ten programs that want to run it may
// be less than one; and a copy that is cut lacks whatever came last, where a
// walk that is cut has found some. A variable, so that a test can have a small
// process be a large one.
var privatePerMS int64 = 512 << 10

// Of a process that is larger, the walk alone may be quicker: it reads some
// megabytes of gigabytes of caches. It is not where the memory is full of
// tasks, which shows when a quarter of the time is over; then all is copied
// if there is any chance of it: what the rest of the time is enough for on two
// idle cores.
const (
	rehearsalShare = 4
	fallBackTimes  = 8
)

// plan is how the memory that walks will follow pointers through is captured.
type plan struct {
	copy     bool          // all that is private, at once
	rehearse time.Duration // walk under the stop, for no longer than this; 0: do not
	fallBack bool          // copy all that is private when that was not enough
}

// planFor makes the plan: a walk that follows pointers all over the heap, as
// variables do, needs one.
func planFor(p *dlvext.Process, all []found, o Options) (plan, error) {
	if o.Heap || !o.Locals && !slices.ContainsFunc(all, readsHeap) {
		return plan{}, nil
	}
	most := o.MaxStop
	if most <= 0 {
		most = dlvext.DefaultMaxStop
	}
	size, err := p.PrivateBytes()
	switch bound := most.Milliseconds() * privatePerMS; {
	case size <= bound:
		return plan{copy: true}, err
	case size <= fallBackTimes*bound:
		return plan{rehearse: most / rehearsalShare, fallBack: true}, err
	}
	return plan{rehearse: most}, err
}

func readsHeap(f found) bool {
	h, ok := f.instance.(walker.HeapReader)
	return ok && f.err == nil && h.ReadsHeap()
}

// rehearse walks once, so that what the walks will read is captured, and tells
// whether there was time enough. What goes wrong will go wrong again, and is
// told then.
func rehearse(ctx context.Context, img *dlvext.Image, all []found, most time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for _, f := range all {
		if readsHeap(f) {
			_ = f.instance.Walk(ctx, img, graph.NewBuilder(""))
		}
	}
	return ctx.Err() == nil
}
