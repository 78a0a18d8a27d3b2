package golang

import (
	"github.com/dlv-async/dlv-async/walker/graph"
)

// locks are what waits on a semaphore of package sync's: Mutex, RWMutex and
// WaitGroup, and the file descriptor locks of internal/poll. The runtime knows
// the semaphore's address alone; the reason and the frames say what it is a
// part of. Nobody stores who holds a lock: holders.go works it out.
var locks = awaitable{
	kinds: []graph.WaitKind{
		graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite,
		graph.WaitWaitGroup, graph.WaitSemaphore,
	},
	collect:  (*collection).readLocks,
	describe: (*walk).describeLock,
}

// Where package sync's primitives keep their semaphores, from their first byte:
// https://github.com/golang/go/blob/go1.26.0/src/internal/sync/mutex.go#L20 and
// https://github.com/golang/go/blob/go1.26.0/src/sync/rwmutex.go#L39.
// They have stood there since Go 1.9.
const (
	mutexState = 0 // int32: 1 locked, 2 woken, 4 starving; waiters from bit 3
	mutexSema  = 4

	rwWriterSem   = 8
	rwReaderSem   = 12
	rwReaderCount = 16 // int32: readers; below zero from when a writer is announced
	rwReaderWait  = 20 // int32: readers the writer still waits for
	rwSize        = 24
)

// The surroundings of a semaphore that hold whichever of these it is a part of.
const (
	semaBefore = 16
	semaAfter  = 24
)

// readLocks reads the surroundings of every semaphore waited on.
func (c *collection) readLocks(waiting []*goroutine) {
	c.readSemtable(waiting)
	var addrs []uint64
	for _, g := range waiting {
		if len(g.sudogs) > 0 && g.sudogs[0].elem > semaBefore {
			addrs = append(addrs, g.sudogs[0].elem-semaBefore)
		}
	}
	c.each(addrs, semaBefore+semaAfter, func(addr uint64, b []byte) { c.words[addr+semaBefore] = b })
}

// around is what was read of the n bytes at addr, in the surroundings of sema.
func (c *collection) around(sema, addr uint64, n int) []byte {
	b := c.words[sema]
	from := int64(addr) - int64(sema) + semaBefore
	if from < 0 || from+int64(n) > int64(len(b)) {
		return nil
	}
	return b[from : from+int64(n)]
}

func (w *walk) describeLock(g *goroutine, wait *graph.Wait) bool {
	if len(g.sudogs) == 0 {
		return false
	}
	if wait.Kind == graph.WaitSemaphore {
		if turn := runtimeTurn(w.shape(g).frames); turn != "" {
			wait.Kind, wait.Text = graph.WaitRuntime, turn
			return true
		}
	}
	sema := g.sudogs[0].elem
	wait.Evidence = w.bySemaphore("")
	kind, addr := w.lockOf(g, wait.Kind)
	wait.Kind = kind
	switch kind {
	case graph.WaitWaitGroup:
		wait.Group = w.groupAt(addr).ID
	case graph.WaitRWMutexRead, graph.WaitRWMutexWrite:
		wait.Resource = w.rwmutex(sema, addr)
	case graph.WaitMutex:
		wait.Resource = w.mutex(sema, addr)
	default:
		wait.Resource = w.b.Resource("semaphore", addr).ID
	}
	return true
}

// lockOf tells what the semaphore that a goroutine waits for is a part of, and
// where that begins.
func (w *walk) lockOf(g *goroutine, kind graph.WaitKind) (graph.WaitKind, uint64) {
	sema := g.sudogs[0].elem
	switch fn := w.primitive(g); {
	case kind == graph.WaitWaitGroup, fn == "sync.(*WaitGroup).Wait":
		return graph.WaitWaitGroup, sema - w.lay.sync.waitGroupSema
	case fn == "sync.(*RWMutex).RLock", kind == graph.WaitRWMutexRead:
		return graph.WaitRWMutexRead, sema - rwReaderSem
	case fn == "sync.(*RWMutex).Lock" && kind == graph.WaitMutex:
		// Another writer has the inner mutex, w, the RWMutex's first field.
		return graph.WaitRWMutexWrite, sema - mutexSema
	case kind == graph.WaitRWMutexWrite:
		return kind, sema - rwWriterSem
	case kind == graph.WaitMutex:
		return kind, sema - mutexSema
	}
	return kind, sema
}

// primitive is the outermost function of package sync that the goroutine
// called to wait, as the code that uses it sees it; empty when it is none.
func (w *walk) primitive(g *goroutine) string {
	fn := ""
	for _, f := range w.shape(g).frames {
		switch f.Module {
		case "sync":
			if !f.Hidden {
				fn = f.Func
			}
		case "runtime", "internal/sync":
		default:
			return fn
		}
	}
	return fn
}

func (w *walk) mutex(sema, addr uint64) graph.ResourceID {
	r := w.b.Resource("mutex", addr)
	if b := w.around(sema, addr, mutexSema); b != nil && r.Detail == nil {
		state := le.Uint32(b[mutexState:])
		r.Type = "sync.Mutex"
		r.Detail = []graph.Attr{
			{Key: "locked", Value: state&1 != 0},
			{Key: "waiters", Value: int64(state >> 3)},
		}
		w.nameLockHolders(r, state&1 != 0, 0)
	}
	return r.ID
}

func (w *walk) rwmutex(sema, addr uint64) graph.ResourceID {
	r := w.b.Resource("rwmutex", addr)
	if b := w.around(sema, addr, rwSize); b != nil && r.Detail == nil {
		// While a writer is announced, readerCount also counts the readers
		// that queue behind it; those still inside are readerWait.
		readers := int64(int32(le.Uint32(b[rwReaderCount:])))
		announced := readers < 0
		if announced {
			readers = int64(int32(le.Uint32(b[rwReaderWait:])))
		}
		r.Type = "sync.RWMutex"
		r.Detail = []graph.Attr{
			{Key: "readers", Value: readers},
			{Key: "writer_waiting", Value: announced && readers > 0},
			{Key: "locked", Value: announced && readers == 0},
		}
		w.nameLockHolders(r, announced && readers == 0, readers)
	}
	return r.ID
}
