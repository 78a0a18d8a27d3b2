package render

import (
	"io"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// TestWaitsInWords says of each kind of wait how it reads, with what is known
// of the thing waited for and without.
func TestWaitsInWords(t *testing.T) {
	inferred := graph.Evidence{Confidence: graph.Inferred, How: "deferred Unlock"}
	attrs := func(kv ...any) (out []graph.Attr) {
		for i := 0; i < len(kv); i += 2 {
			out = append(out, graph.Attr{Key: kv[i].(string), Value: kv[i+1]})
		}
		return out
	}
	reading := []*graph.Frame{{Func: "runtime.netpollblock"}, {Func: "internal/poll.(*FD).ReadFrom"}}
	for _, c := range []struct {
		name     string
		wait     graph.Wait
		resource *graph.Resource // nil: not known
		frames   []*graph.Frame
		want     string
	}{
		{"receive", graph.Wait{Kind: graph.WaitChanReceive},
			&graph.Resource{Kind: "chan", Type: "chan int", Detail: attrs("len", int64(0), "cap", int64(4), "closed", false)}, nil,
			"chan receive from 0xa0 (chan int, empty, nobody is sending)"},
		{"send to a full one", graph.Wait{Kind: graph.WaitChanSend},
			&graph.Resource{Kind: "chan", Detail: attrs("len", int64(1200), "cap", int64(1200))}, nil,
			"chan send to 0xa0 (full: 1,200, nobody is receiving)"},
		{"receive from one that could not be read", graph.Wait{Kind: graph.WaitChanReceive}, &graph.Resource{Kind: "chan"}, nil,
			"chan receive from 0xa0"},
		{"send that one could take", graph.Wait{Kind: graph.WaitChanSend},
			&graph.Resource{Kind: "chan", Detail: attrs("len", int64(0), "cap", int64(0)), Holders: []graph.Holder{{Task: "go:19", Evidence: inferred}}}, nil,
			"chan send to 0xa0 (unbuffered, go:19 could receive: inferred: deferred Unlock)"},
		{"receive from an unknown one", graph.Wait{Kind: graph.WaitChanReceive}, nil, nil,
			"chan receive (which one is not known)"},
		{"nil channel", graph.Wait{Kind: graph.WaitForever, Text: "chan receive (nil chan)"}, nil, nil,
			"chan receive (nil chan): nothing can ever wake it"},
		{"select", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{
			{Kind: graph.WaitChanReceive, Resource: 1}, {Kind: graph.WaitContext, Resource: 1}, {Kind: graph.WaitTimer}, {Kind: graph.WaitChanSend}, {Kind: graph.WaitChanSend},
		}}, &graph.Resource{Kind: "chan"}, nil,
			"select of 5: chan receive from 0xa0, context 0xa0, timer, … 2 more"},
		{"mutex", graph.Wait{Kind: graph.WaitMutex},
			&graph.Resource{Kind: "mutex", Type: "sync.Mutex", Detail: attrs("locked", true, "waiters", int64(1)), Holders: []graph.Holder{{Task: "go:42", Evidence: inferred}}}, nil,
			"wants sync.Mutex 0xa0, held by go:42 (inferred: deferred Unlock)"},
		{"mutex of an unknown holder", graph.Wait{Kind: graph.WaitMutex},
			&graph.Resource{Kind: "mutex", Detail: attrs("locked", true)}, nil,
			"wants mutex 0xa0 (holder not known)"},
		{"mutex just unlocked", graph.Wait{Kind: graph.WaitMutex},
			&graph.Resource{Kind: "mutex", Detail: attrs("locked", false)}, nil,
			"wants mutex 0xa0 (free at this moment)"},
		{"mutex of which nothing is known", graph.Wait{Kind: graph.WaitMutex}, nil, nil,
			"wants a mutex (which one is not known)"},
		{"reader behind a writer", graph.Wait{Kind: graph.WaitRWMutexRead},
			&graph.Resource{Kind: "rwmutex", Type: "sync.RWMutex", Detail: attrs("readers", int64(2), "writer_waiting", true)}, nil,
			"wants sync.RWMutex 0xa0 for reading (holder not known, 2 readers inside, behind a waiting writer)"},
		{"writer", graph.Wait{Kind: graph.WaitRWMutexWrite},
			&graph.Resource{Kind: "rwmutex", Holders: []graph.Holder{{Task: "go:1", Evidence: inferred}, {Task: "go:2"}, {Task: "go:3"}, {Task: "go:4"}}}, nil,
			"wants rwmutex 0xa0 for writing, held by go:1, go:2 and 2 more (inferred: deferred Unlock)"},
		{"semaphore", graph.Wait{Kind: graph.WaitSemaphore},
			&graph.Resource{Kind: "semaphore", Detail: attrs("size", int64(3), "held", int64(3))}, nil,
			"wants semaphore 0xa0 (3 of 3 taken)"},
		{"weighted semaphore", graph.Wait{Kind: graph.WaitSemaphore, Amount: 4},
			&graph.Resource{Kind: "semaphore", Detail: attrs("size", int64(10), "held", int64(8))}, nil,
			"wants 4 of semaphore 0xa0 (8 of 10 taken)"},
		{"once", graph.Wait{Kind: graph.WaitOnce},
			&graph.Resource{Kind: "once", Type: "sync.Once", Holders: []graph.Holder{{Task: "go:1", Evidence: inferred}}}, nil,
			"waits for sync.Once 0xa0, which go:1 runs (inferred: deferred Unlock)"},
		{"singleflight that nobody is seen to run", graph.Wait{Kind: graph.WaitSingleflight},
			&graph.Resource{Kind: "singleflight"}, nil,
			"waits for singleflight call 0xa0 (who runs it is not known)"},
		{"descriptor lock", graph.Wait{Kind: graph.WaitLock},
			&graph.Resource{Kind: "fdlock", Detail: attrs("direction", "read", "fd", int64(7), "remote", "10.0.0.1:80")}, nil,
			"wants to read fd 7 10.0.0.1:80, which another goroutine does"},
		{"sleep", graph.Wait{Kind: graph.WaitSleep},
			&graph.Resource{Kind: "timer", Detail: attrs("due_in_ms", 2150*time.Millisecond)}, nil,
			"sleeps 2.1 s more"},
		{"sleep of unknown length", graph.Wait{Kind: graph.WaitSleep}, nil, nil, "sleeps"},
		{"ticker", graph.Wait{Kind: graph.WaitTimer},
			&graph.Resource{Kind: "timer", Detail: attrs("due_in_ms", time.Second, "period_ms", time.Minute)}, nil,
			"waits for a timer due in 1.0 s, then every 60 s"},
		{"ticker in a core", graph.Wait{Kind: graph.WaitTimer},
			&graph.Resource{Kind: "timer", Detail: attrs("period_ms", time.Hour)}, nil,
			"waits for a timer every 1 h"},
		{"timer that was stopped", graph.Wait{Kind: graph.WaitTimer},
			&graph.Resource{Kind: "timer", Detail: attrs("set", false)}, nil,
			"waits for a timer that is not set"},
		{"timer that fired", graph.Wait{Kind: graph.WaitTimer},
			&graph.Resource{Kind: "timer", Detail: attrs("due_in_ms", -5*time.Millisecond)}, nil,
			"waits for a timer overdue by 5 ms"},
		{"network", graph.Wait{Kind: graph.WaitNetwork},
			&graph.Resource{Kind: "fd", Detail: attrs("fd", int64(7), "local", "10.0.0.1:9", "remote", "127.0.0.1:5432", "deadline_in_ms", 3*time.Second)}, reading,
			"network read 127.0.0.1:5432 (from 10.0.0.1:9, fd 7, deadline in 3.0 s)"},
		{"network of a descriptor alone", graph.Wait{Kind: graph.WaitNetwork},
			&graph.Resource{Kind: "fd", Detail: attrs("fd", int64(1234))}, nil,
			"network fd 1234"},
		{"network of which nothing is known", graph.Wait{Kind: graph.WaitNetwork}, nil, reading,
			"network read (which one is not known)"},
		{"network of asyncio's loop", graph.Wait{Kind: graph.WaitNetwork, Text: "read"},
			&graph.Resource{Kind: "fd", Detail: attrs("fd", 7)}, []*graph.Frame{{Func: "asyncio.selector_events.BaseSelectorEventLoop.sock_recv"}},
			"network read fd 7"},
		{"stream that is closed", graph.Wait{Kind: graph.WaitStream, Text: "close"},
			&graph.Resource{Kind: "stream", Detail: attrs("remote", "127.0.0.1:5432")}, nil,
			"stream close 127.0.0.1:5432"},
		{"server that is closed", graph.Wait{Kind: graph.WaitNetwork, Text: "close"},
			&graph.Resource{Kind: "server", Type: "asyncio.Server", Address: 0x1000, Detail: attrs("connections", int64(1))}, nil,
			"waits for asyncio.Server 0xa0 to close (1 connection)"},
		{"context", graph.Wait{Kind: graph.WaitContext},
			&graph.Resource{Kind: "context", Type: "*context.timerCtx", Detail: attrs("deadline_in_ms", -time.Second)}, nil,
			"waits for context 0xa0 to end (*context.timerCtx, deadline passed)"},
		{"cond", graph.Wait{Kind: graph.WaitCond}, &graph.Resource{Kind: "cond", Type: "sync.Cond"}, nil,
			"waits for sync.Cond 0xa0 to be signalled"},
		{"system call", graph.Wait{Kind: graph.WaitSyscall, Text: "futex"}, nil, nil, "in a system call (futex)"},
		{"runtime", graph.Wait{Kind: graph.WaitRuntime, Text: "GC worker (idle)"}, nil, nil, "GC worker (idle)"},
		{"unknown", graph.Wait{Kind: graph.WaitUnknown, Text: "semacquire"}, nil, nil, "semacquire (on what is not known)"},
		{"a task", graph.Wait{Kind: graph.WaitTask, Task: "py:1", Evidence: inferred}, nil, nil, "waits for py:1 (inferred: deferred Unlock)"},
		{"a kind without words", graph.Wait{Kind: "latch"},
			&graph.Resource{Kind: "latch", Type: "anyio.Latch", Detail: attrs("size", int64(0), "max", int64(8000), "closed", false)}, nil,
			"latch anyio.Latch 0xa0 (size 0, max 8,000, not closed)"},
		{"gather", graph.Wait{Kind: graph.WaitGather, Branches: []graph.Wait{{Kind: graph.WaitTask, Task: "py:1"}, {Kind: graph.WaitFuture}}}, nil, nil,
			"gather of 2: py:1, future"},
		{"wait for all", graph.Wait{Kind: graph.WaitGather, Text: "asyncio.wait", Branches: []graph.Wait{{Kind: graph.WaitTask, Task: "py:1"}, {Kind: graph.WaitTask, Task: "py:7f31c2a0"}}}, nil, nil,
			"asyncio.wait, all of 2: py:1, py:7f31c2a0"},
		{"wait for any", graph.Wait{Kind: graph.WaitAny, Text: "asyncio.as_completed", Branches: []graph.Wait{{Kind: graph.WaitTask, Task: "py:1"}, {Kind: graph.WaitSleep}}}, nil, nil,
			"asyncio.as_completed, any of 2: py:1, sleeps"},
		{"asyncio lock", graph.Wait{Kind: graph.WaitLock},
			&graph.Resource{Kind: "lock", Type: "asyncio.Lock", Detail: attrs("locked", true), Holders: []graph.Holder{{Task: "py:7f31c2a0", Evidence: inferred}}}, nil,
			"wants asyncio.Lock 0xa0, held by py:7f31c2a0 (inferred: deferred Unlock)"},
		{"lock of an unknown holder", graph.Wait{Kind: graph.WaitLock},
			&graph.Resource{Kind: "lock", Type: "asyncio.Lock", Detail: attrs("locked", true)}, nil,
			"wants asyncio.Lock 0xa0 (holder not known)"},
		{"lock just released", graph.Wait{Kind: graph.WaitLock}, &graph.Resource{Kind: "lock", Detail: attrs("locked", false)}, nil,
			"wants lock 0xa0 (free at this moment)"},
		{"lock of which nothing is known", graph.Wait{Kind: graph.WaitLock}, nil, nil, "wants a lock (which one is not known)"},
		{"event", graph.Wait{Kind: graph.WaitEvent}, &graph.Resource{Kind: "event", Type: "asyncio.Event", Detail: attrs("set", false)}, nil,
			"waits for asyncio.Event 0xa0 to be set"},
		{"event just set", graph.Wait{Kind: graph.WaitEvent}, &graph.Resource{Kind: "event", Detail: attrs("set", true)}, nil,
			"waits for event 0xa0 to be set (set at this moment)"},
		{"event of which nothing is known", graph.Wait{Kind: graph.WaitEvent}, nil, nil, "waits for an event to be set (which one is not known)"},
		{"condition", graph.Wait{Kind: graph.WaitCondition}, &graph.Resource{Kind: "condition", Type: "asyncio.Condition"}, nil,
			"waits for asyncio.Condition 0xa0 to be notified"},
		{"barrier", graph.Wait{Kind: graph.WaitBarrier}, &graph.Resource{Kind: "barrier", Type: "asyncio.Barrier", Detail: attrs("parties", 3, "waiters", 2)}, nil,
			"waits at asyncio.Barrier 0xa0 (2 of 3 there)"},
		{"queue get", graph.Wait{Kind: graph.WaitQueueGet},
			&graph.Resource{Kind: "queue", Type: "asyncio.Queue", Detail: attrs("size", 0, "max", 10)}, nil,
			"queue get from 0xa0 (asyncio.Queue, empty, max 10, nobody is putting)"},
		{"queue get without a maximum", graph.Wait{Kind: graph.WaitQueueGet}, &graph.Resource{Kind: "queue", Detail: attrs("size", 0, "max", 0)}, nil,
			"queue get from 0xa0 (empty, nobody is putting)"},
		{"queue put", graph.Wait{Kind: graph.WaitQueuePut},
			&graph.Resource{Kind: "queue", Type: "asyncio.Queue", Detail: attrs("size", 10, "max", 10)}, nil,
			"queue put to 0xa0 (asyncio.Queue, full: 10, nobody is getting)"},
		{"queue put that one could take", graph.Wait{Kind: graph.WaitQueuePut},
			&graph.Resource{Kind: "queue", Type: "asyncio.Queue", Detail: attrs("size", 10, "max", 10), Holders: []graph.Holder{{Task: "py:1", Evidence: inferred}}}, nil,
			"queue put to 0xa0 (asyncio.Queue, full: 10, py:1 could get: inferred: deferred Unlock)"},
		{"queue that could not be read", graph.Wait{Kind: graph.WaitQueueGet}, &graph.Resource{Kind: "queue", Type: "asyncio.Queue"}, nil,
			"queue get from 0xa0 (asyncio.Queue)"},
		{"queue join", graph.Wait{Kind: graph.WaitQueueJoin}, &graph.Resource{Kind: "queue", Type: "asyncio.Queue", Detail: attrs("size", 0, "unfinished", 1)}, nil,
			"queue join of 0xa0 (asyncio.Queue, 1 item not done)"},
		{"future", graph.Wait{Kind: graph.WaitFuture}, &graph.Resource{Kind: "future", Type: "asyncio.Future", Detail: attrs("state", "pending")}, nil,
			"waits for asyncio.Future 0xa0 (pending)"},
		{"future of a task", graph.Wait{Kind: graph.WaitFuture, Task: "py:1", Evidence: graph.Evidence{Confidence: graph.Proven}}, nil, nil, "waits for py:1"},
		{"job that runs", graph.Wait{Kind: graph.WaitExecutor, Text: "orders.db.query", Task: "py:t123", Evidence: graph.Evidence{Confidence: graph.Proven}}, nil, nil,
			"waits for executor job orders.db.query (worker thread py:t123)"},
		{"job that is queued", graph.Wait{Kind: graph.WaitExecutor, Text: "orders.db.query"},
			&graph.Resource{Kind: "executor", Type: "ThreadPoolExecutor", Detail: attrs("workers", 4, "busy", 4, "queued", 12)}, nil,
			"waits for executor job orders.db.query (ThreadPoolExecutor 0xa0, 4 of 4 workers busy, 12 queued)"},
		{"job of which nothing is known", graph.Wait{Kind: graph.WaitExecutor}, nil, nil, "waits for an executor job (its worker is not known)"},
		{"stream", graph.Wait{Kind: graph.WaitStream, Text: "read"},
			&graph.Resource{Kind: "stream", Type: "asyncio.StreamReader", Detail: attrs("fd", 7, "remote", "127.0.0.1:5432")}, nil,
			"stream read 127.0.0.1:5432 (fd 7)"},
		{"stream of no descriptor", graph.Wait{Kind: graph.WaitStream, Text: "drain"}, &graph.Resource{Kind: "stream", Type: "asyncio.StreamWriter"}, nil,
			"stream drain 0xa0"},
		{"subprocess", graph.Wait{Kind: graph.WaitSubprocess}, &graph.Resource{Kind: "process", Detail: attrs("pid", 4242)}, nil,
			"waits for process 4242 to end"},
		{"thread", graph.Wait{Kind: graph.WaitThread, Task: "py:t123", Evidence: graph.Evidence{Confidence: graph.Proven}}, nil, nil,
			"waits for thread py:t123 to end"},
		{"thread that is no task", graph.Wait{Kind: graph.WaitThread}, &graph.Resource{Kind: "thread", Detail: attrs("tid", 4243)}, nil,
			"waits for thread 4243 to end"},
		{"long", graph.Wait{Kind: graph.WaitSleep, Since: 3*time.Hour + 7*time.Minute}, nil, nil, "sleeps, for at least 3 h 7 min"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := graph.NewBuilder("test")
			for _, id := range []graph.TaskID{"go:1", "go:2", "go:3", "go:4", "go:19", "go:42", "py:1", "py:7f31c2a0", "py:t123"} {
				b.Task(&graph.Task{ID: id})
			}
			if c.resource != nil {
				r := b.Resource(c.resource.Kind, 0xa0)
				r.Type, r.Detail, r.Holders = c.resource.Type, c.resource.Detail, c.resource.Holders
				if c.wait.Branches == nil {
					c.wait.Resource = r.ID
				}
				c.wait.Evidence = graph.Evidence{Confidence: graph.Proven}
				for i := range c.wait.Branches {
					c.wait.Branches[i].Evidence = c.wait.Evidence
				}
			}
			b.Task(&graph.Task{ID: "go:7", State: graph.StateWaiting, Waits: []graph.Wait{c.wait}, Frames: c.frames})
			s := b.Seal()
			v := newView(io.Discard, s, Options{})
			if got := v.doing(s.Task("go:7")); got.core+got.more != c.want {
				t.Errorf("\n got %s\nwant %s", got.core+got.more, c.want)
			}
		})
	}
}

// A timer beside what a task waits for is its timeout.
func TestWaitWithATimeout(t *testing.T) {
	b := graph.NewBuilder("test")
	timer := b.Resource("timer", 0xa0)
	timer.Detail = []graph.Attr{{Key: "due_in_ms", Value: 250 * time.Millisecond}}
	join := graph.Wait{Kind: graph.WaitThread, Task: "py:t1", Evidence: graph.Evidence{Confidence: graph.Proven}}
	for id, others := range map[graph.TaskID][]graph.Wait{
		"py:t2": {{Kind: graph.WaitTimer, Resource: timer.ID}},
		"py:t3": {{Kind: graph.WaitTimer}},
		"py:t4": {{Kind: graph.WaitSleep}},
	} {
		b.Task(&graph.Task{ID: id, State: graph.StateWaiting, Waits: append([]graph.Wait{join}, others...)})
	}
	b.Task(&graph.Task{ID: "py:t1"})
	s := b.Seal()
	v := newView(io.Discard, s, Options{})
	for id, want := range map[graph.TaskID]string{
		"py:t2": " to end, times out in 250 ms", "py:t3": " to end, with a timeout", "py:t4": " to end, and 1 other wait",
	} {
		if got := v.doing(s.Task(id)).more; got != want {
			t.Errorf("%s %q, want %q", id, got, want)
		}
	}
}
