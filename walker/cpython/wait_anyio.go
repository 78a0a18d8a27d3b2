package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// AnyIO's locks on asyncio know who holds them. From 4.5 on a lock and a
// semaphore wait on Futures of their own
// (https://github.com/agronholm/anyio/blob/4.5.0/src/anyio/_backends/_asyncio.py);
// before that, and a limiter still, on an event for each who waits
// (https://github.com/agronholm/anyio/blob/3.6.2/src/anyio/_core/_synchronization.py).
var anyioLocks = []awaitable{
	{[]string{"anyio._backends._asyncio.Lock.acquire"}, onAnyioLock},
	{[]string{"anyio._backends._asyncio.Semaphore.acquire"}, onSelf(graph.WaitSemaphore, "semaphore", semaphoreState)},
}

// AnyIO's semaphores, by the releases that have them. Packages export their
// classes under their own name: anyio.Semaphore.
const (
	anyioSemaphore    = "anyio._backends._asyncio.Semaphore"
	anyioOldSemaphore = "anyio.Semaphore"
)

var anyioEvents = map[string]func(*walk, standing, *graph.Wait){
	"anyio._core._synchronization.Lock.acquire":                         onAnyioLock,
	"anyio._core._synchronization.Semaphore.acquire":                    onSelf(graph.WaitSemaphore, "semaphore", semaphoreState),
	"anyio._backends._asyncio.CapacityLimiter.acquire_on_behalf_of":     onLimiter,
	"anyio._core._synchronization.CapacityLimiter.acquire_on_behalf_of": onLimiter,
	"anyio._backends._asyncio.SocketStream.receive":                     onConnection("read", ""),
	"anyio.streams.memory.MemoryObjectReceiveStream.receive":            onChannel(graph.WaitQueueGet, "anyio memory stream"),
	"anyio.streams.memory.MemoryObjectSendStream.send":                  onChannel(graph.WaitQueuePut, "anyio memory stream"),
}

// maxAnyioFrames is how many frames of AnyIO stand above asyncio's Event at most.
const maxAnyioFrames = 4

func onAnyioEvent(w *walk, at standing, wait *graph.Wait) bool {
	for i := 1; i <= maxAnyioFrames && strings.HasPrefix(at.outer(i), "anyio."); i++ {
		if describe := anyioEvents[at.outer(i)]; describe != nil {
			wait.Frame = int32(at.index + i)
			if further := w.standing(at.task, at.index+i); !onNext(w, further, wait) {
				describe(w, further, wait)
			}
			return true
		}
	}
	return false
}

func onAnyioLock(w *walk, at standing, wait *graph.Wait) {
	owner := w.attr(at.self, "_owner_task")
	holder := owner
	if owner != 0 && w.byAddr[owner] == nil { // to 4.4 a TaskInfo: its id is the task's address
		id, _ := w.intAttr(owner, "id")
		holder = object.Ref(id)
	}
	onSelf(graph.WaitLock, "lock", func(*walk, object.Ref) []graph.Attr {
		return []graph.Attr{{Key: "locked", Value: owner != 0}}
	})(w, at, wait)
	w.heldBy(wait.Resource, "_owner_task", holder)
}

// onLimiter: those that borrow from a limiter, of AnyIO or of Trio, are tasks,
// unless they say on whose behalf they do. Trio has something stand for a job in
// a thread; the task that waits for the job has that in a variable.
func onLimiter(w *walk, at standing, wait *graph.Wait) {
	borrowers := w.items(w.attr(at.self, "_borrowers"))
	onSelf(graph.WaitSemaphore, "semaphore", func(w *walk, o object.Ref) []graph.Attr {
		state := []graph.Attr{{Key: "held", Value: len(borrowers)}}
		if size, ok := w.intAttr(o, "_total_tokens"); ok {
			state = append([]graph.Attr{{Key: "size", Value: size}}, state...)
		}
		return state
	})(w, at, wait)
	for i, o := range borrowers {
		if t := w.placeholders()[o]; t != nil {
			borrowers[i] = t.addr
		}
	}
	w.heldBy(wait.Resource, "_borrowers", borrowers...)
}

// heldBy notes the tasks that a resource says hold it, once.
func (w *walk) heldBy(id graph.ResourceID, field string, tasks ...object.Ref) {
	r := w.b.ResourceByID(id)
	if r == nil || len(r.Holders) > 0 {
		return
	}
	for _, o := range tasks {
		if t := w.byAddr[o]; t != nil {
			r.Holders = append(r.Holders, graph.Holder{
				Task: t.node.ID, Evidence: graph.Evidence{Confidence: graph.Proven, How: field},
			})
		}
	}
}
