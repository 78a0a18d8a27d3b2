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
			"wants semaphore 0xa0 (holder not known, 3 of 3 taken)"},
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
		{"context", graph.Wait{Kind: graph.WaitContext},
			&graph.Resource{Kind: "context", Type: "*context.timerCtx", Detail: attrs("deadline_in_ms", -time.Second)}, nil,
			"waits for context 0xa0 to end (*context.timerCtx, deadline passed)"},
		{"cond", graph.Wait{Kind: graph.WaitCond}, &graph.Resource{Kind: "cond", Type: "sync.Cond"}, nil,
			"waits for sync.Cond 0xa0 to be signalled"},
		{"system call", graph.Wait{Kind: graph.WaitSyscall, Text: "futex"}, nil, nil, "in a system call futex"},
		{"runtime", graph.Wait{Kind: graph.WaitRuntime, Text: "GC worker (idle)"}, nil, nil, "GC worker (idle)"},
		{"unknown", graph.Wait{Kind: graph.WaitUnknown, Text: "semacquire"}, nil, nil, "semacquire (on what is not known)"},
		{"a task", graph.Wait{Kind: graph.WaitTask, Task: "py:1", Evidence: inferred}, nil, nil, "waits for py:1 (inferred: deferred Unlock)"},
		{"a kind without words", graph.Wait{Kind: "queue get"},
			&graph.Resource{Kind: "queue", Type: "asyncio.Queue", Detail: attrs("size", int64(0), "max", int64(8000), "closed", false)}, nil,
			"queue get asyncio.Queue 0xa0 (size 0, max 8,000, not closed)"},
		{"long", graph.Wait{Kind: graph.WaitSleep, Since: 3*time.Hour + 7*time.Minute}, nil, nil, "sleeps, for at least 3 h 7 min"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := graph.NewBuilder("test")
			for _, id := range []graph.TaskID{"go:1", "go:2", "go:3", "go:4", "go:19", "go:42", "py:1"} {
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
