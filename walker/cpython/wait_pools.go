package cpython

import (
	"math"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Pools of connections that are used up. httpx has those of httpcore, where each
// request waits for an event of its own; SQLAlchemy's are queues, behind which
// greenlets hide who takes from them.
//
//   - https://github.com/encode/httpcore/blob/1.0.7/httpcore/_async/connection_pool.py#L202
//   - https://github.com/sqlalchemy/sqlalchemy/blob/rel_2_0_36/lib/sqlalchemy/pool/impl.py#L153
//   - https://github.com/sqlalchemy/sqlalchemy/blob/rel_2_0_36/lib/sqlalchemy/util/queue.py#L245
const (
	httpcorePool = "httpcore._async.connection_pool.AsyncConnectionPool.handle_async_request"
	httpcoreWait = ".wait_for_connection"
	sqlPool      = "sqlalchemy.pool.impl.QueuePool"
)

// maxPoolFrames is how many frames there are at most between what a task waits
// in and what says which pool that is for.
const maxPoolFrames = 12

// onHTTPCorePool: the request that a task stands in has no connection yet. Those
// that have one are in the same function, further in.
func onHTTPCorePool(w *walk, at standing, wait *graph.Wait) bool {
	for i := 1; i < maxPoolFrames; i++ {
		if at.outer(i) != httpcorePool {
			continue
		}
		if !strings.HasSuffix(at.outer(i-1), httpcoreWait) {
			return false
		}
		pool := w.standing(at.task, at.index+i)
		if pool.self == 0 {
			return false
		}
		wait.Frame = int32(pool.index)
		onSelf(graph.WaitSemaphore, "semaphore", httpcoreState)(w, pool, wait)
		wait.Text = "a connection"
		w.holdersInPool(wait.Resource, pool.self)
		return true
	}
	return false
}

func httpcoreState(w *walk, o object.Ref) []graph.Attr {
	used, _ := w.length(w.attr(o, "_connections"))
	if most, ok := w.intAttr(o, "_max_connections"); ok && most < math.MaxInt32 {
		return []graph.Attr{{Key: "size", Value: most}, {Key: "held", Value: used}}
	}
	return []graph.Attr{{Key: "in_use", Value: used}}
}

// holdersInPool are the tasks whose request has a connection of a pool.
func (w *walk) holdersInPool(id graph.ResourceID, pool object.Ref) {
	r := w.b.ResourceByID(id)
	if r == nil || len(r.Holders) > 0 {
		return
	}
	for _, t := range w.tasks {
		for _, f := range t.frames {
			if f.Func != httpcorePool || w.fr.Self(f) != pool {
				continue
			}
			if q := w.some(w.fr.Local(f, "pool_request")); w.attr(q, "connection") != 0 {
				r.Holders = append(r.Holders, graph.Holder{Task: t.node.ID, Evidence: graph.Evidence{
					Confidence: graph.Proven, How: "pool_request.connection of " + httpcorePool,
				}})
			}
		}
	}
}

// onSQLPool: SQLAlchemy takes connections from a queue, in a greenlet that waits
// in the task's name. Which pool has that queue an object further out knows.
func onSQLPool(w *walk, at standing, wait *graph.Wait) bool {
	spawned := false
	for i := 1; i < maxPoolFrames && at.index+i < len(at.task.frames); i++ {
		f := at.task.frames[at.index+i]
		if !spawned {
			spawned = strings.HasPrefix(f.Func, "sqlalchemy.util.") && strings.HasSuffix(f.Func, ".greenlet_spawn")
			continue
		}
		if !strings.HasPrefix(f.Func, "sqlalchemy.") {
			return false
		}
		pool := w.sqlPoolOf(f)
		if pool == 0 || w.attr(w.attr(pool, "_pool"), "_queue") != at.self {
			continue
		}
		r := w.resource("semaphore", pool, sqlPoolState)
		wait.Kind, wait.Resource, wait.Text = graph.WaitSemaphore, r.ID, "a connection"
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "_pool._queue of the pool of self of " + f.Func}
		return true
	}
	return false
}

// sqlPoolOf is the pool of the session, connection or engine that a frame's
// function is a method of; 0: it is none of these, or has another sort of pool.
func (w *walk) sqlPoolOf(f *frame.Frame) object.Ref {
	engine := w.fr.Self(f)
	for _, way := range [...]string{"sync_session", "bind", "sync_engine"} {
		if next := w.attr(engine, way); next != 0 {
			engine = next
		}
	}
	if pool := w.attr(engine, "pool"); w.isA(pool, sqlPool) {
		return pool
	}
	return 0
}

// sqlPoolState: _overflow counts what is more than the pool's size, from
// minus that size on.
func sqlPoolState(w *walk, o object.Ref) []graph.Attr {
	queue := w.attr(o, "_pool")
	size, ok := w.intAttr(queue, "maxsize")
	over, known := w.intAttr(o, "_overflow")
	if !ok || !known || size <= 0 {
		return nil
	}
	items := w.attr(queue, "_queue")
	if q := w.attr(items, "_queue"); q != 0 { // asyncio's has one of its own
		items = q
	} else if q := w.attr(queue, "queue"); q != 0 { // that for threads
		items = q
	}
	idle, _ := w.length(items)
	held := graph.Attr{Key: "held", Value: size - idle + over}
	if more, ok := w.intAttr(o, "_max_overflow"); ok && more >= 0 {
		return []graph.Attr{{Key: "size", Value: size + more}, held}
	}
	return []graph.Attr{held}
}
