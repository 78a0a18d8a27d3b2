package dap

import (
	"context"
	"sync"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// stop is a time in which the target stands still. Its snapshot is taken when
// it is first asked for, and given up when the target goes on.
type stop struct {
	ctx    context.Context
	cancel context.CancelFunc
	thread int // the thread it stopped in; 0: not known

	take     func(context.Context) (*graph.Snapshot, error)
	taken    func(*stop) // called once with the snapshot there, before anybody gets it
	once     sync.Once
	complain sync.Once
	done     chan struct{}
	s        *graph.Snapshot
	err      error

	listing sync.Mutex
	listed  map[int][]view.Thread // by the limit
}

func newStop(ctx context.Context, thread int, take func(context.Context) (*graph.Snapshot, error), taken func(*stop)) *stop {
	st := &stop{thread: thread, take: take, taken: taken, done: make(chan struct{})}
	st.ctx, st.cancel = context.WithCancel(ctx)
	return st
}

// snapshot waits for the snapshot.
func (st *stop) snapshot() (*graph.Snapshot, error) {
	st.once.Do(func() {
		go func() {
			defer close(st.done)
			defer func() {
				if r := recover(); r != nil {
					st.err = internalError(r)
				}
			}()
			st.s, st.err = st.take(st.ctx)
			if st.err == nil && st.ctx.Err() == nil {
				st.taken(st)
			}
		}()
	})
	select {
	case <-st.done:
		return st.s, st.err
	case <-st.ctx.Done():
		return nil, st.ctx.Err()
	}
}

// ready returns the snapshot if it is there already.
func (st *stop) ready() *graph.Snapshot {
	select {
	case <-st.done:
		return st.s
	default:
		return nil
	}
}

// threads lists the threads once for each limit: clients ask again and again.
func (st *stop) threads(limit int, list func() []view.Thread) []view.Thread {
	st.listing.Lock()
	defer st.listing.Unlock()
	if st.listed[limit] == nil {
		if st.listed == nil {
			st.listed = map[int][]view.Thread{}
		}
		st.listed[limit] = list()
	}
	return st.listed[limit]
}
