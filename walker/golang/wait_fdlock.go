package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// fdLocks are the locks with which internal/poll lets one goroutine at a time
// read a descriptor, and one write it, and has Close wait for both:
// https://github.com/golang/go/blob/go1.26.0/src/internal/poll/fd_mutex.go#L13.
// Which of its semaphores a goroutine waits on its frames tell, and so do
// those of who has the lock.
var fdLocks = awaitable{
	kinds:   []graph.WaitKind{graph.WaitSemaphore},
	within:  []string{"internal/poll.(*fdMutex).rwlock", "internal/poll.(*FD).Close"},
	present: func(l *layouts) bool { return l.fd.readSema.size > 0 },
	collect: (*collection).readFDLocks,
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		lock, ok := w.fdLocks[g]
		if !ok {
			return false
		}
		r := w.b.Resource("fdlock", g.sudogs[0].elem)
		if r.Detail == nil {
			r.Type = "internal/poll.fdMutex"
			r.Detail = append([]graph.Attr{{Key: "direction", Value: string(lock.way)}}, w.fdDetail(lock.number, w.fdOf[lock.fd])...)
		}
		w.nameHolders(r, lock.fd, string(lock.way))
		wait.Kind, wait.Resource = graph.WaitLock, r.ID
		wait.Evidence = w.bySemaphore(" = poll.FD.fdmu")
		return true
	},
}

// fdWay is what a descriptor's lock is for.
type fdWay string

const (
	fdReads  fdWay = "read"
	fdWrites fdWay = "write"
	fdCloses fdWay = "close"
)

// fdLock is a lock of a poll.FD that a goroutine waits for.
type fdLock struct {
	fd     uint64 // of the poll.FD
	way    fdWay
	number uint64
}

// fdWayOf tells which lock a method of poll.FD takes; empty for those that
// take none, and for what is no such method.
func fdWayOf(fn string) fdWay {
	method, ok := strings.CutPrefix(fn, "internal/poll.(*FD).")
	if !ok {
		return ""
	}
	for _, m := range []string{"Read", "Accept", "RawRead"} {
		if strings.HasPrefix(method, m) && method != "ReadDirent" {
			return fdReads
		}
	}
	for _, m := range []string{"Write", "RawWrite"} {
		if strings.HasPrefix(method, m) {
			return fdWrites
		}
	}
	if method == "Close" {
		return fdCloses
	}
	return ""
}

func (c *collection) readFDLocks(waiting []*goroutine) {
	l := &c.lay.fd
	semas := map[fdWay]field{fdReads: l.readSema, fdWrites: l.writeSema, fdCloses: l.closeSema}
	var addrs []uint64
	for _, g := range waiting {
		if len(g.sudogs) == 0 {
			continue
		}
		for _, f := range c.innermost(g) {
			if f.Func == nil {
				continue
			}
			if way := fdWayOf(f.Func.Name); way != "" && semas[way].size > 0 {
				addr := g.sudogs[0].elem - uint64(semas[way].off)
				c.fdLocks[g] = fdLock{fd: addr, way: way}
				addrs = append(addrs, addr)
				c.whoHas(addr, holding{
					part: string(way), how: "its frame of a method of poll.FD has it",
					by: func(fn string) bool { o := fdWayOf(fn); return o == way || way == fdCloses && o != "" },
				})
				break
			}
		}
	}
	numbers := map[uint64]uint64{}
	c.each(addrs, l.size, func(addr uint64, b []byte) { numbers[addr] = l.number.of(b) })
	for g, lock := range c.fdLocks {
		number, read := numbers[lock.fd]
		if !read {
			g.own().broken = "the descriptor whose lock it wants could not be read"
			delete(c.fdLocks, g)
			continue
		}
		lock.number = number
		c.fdLocks[g] = lock
		c.fdAt[g] = lock.fd
	}
	c.readFDNames()
	for g, lock := range c.fdLocks {
		c.fdOf[lock.fd] = c.fds[g]
	}
}
