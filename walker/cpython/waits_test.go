package cpython_test

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// fact is one fact of what a task waits for; nil when it has none of that key.
func (s seen) fact(name, key string) any {
	s.t.Helper()
	waits := s.task(name).Waits
	if len(waits) != 1 || s.Resource(waits[0].Resource) == nil {
		s.t.Fatalf("%s waits for %+v", name, waits)
	}
	for _, a := range s.Resource(waits[0].Resource).Detail {
		if a.Key == key {
			return a.Value
		}
	}
	return nil
}

// TLS is a transport over another, whose socket it is; what was read and not
// asked for yet is said.
func TestTLS(t *testing.T) {
	eachPython(t, 8, "tls.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the wait", s.waits, map[string]string{
			"client": "stream asyncio.StreamReader",
			"served": "stream asyncio.StreamReader",
		})
		if got := s.fact("client", "buffered"); got != int64(5) {
			t.Errorf("the client has %v bytes buffered, want 5", got)
		}
		local, remote := s.fact("client", "local"), s.fact("client", "remote")
		if local == nil || local != s.fact("served", "remote") || remote != s.fact("served", "local") {
			t.Errorf("the client's socket is from %v to %v, the server's from %v to %v",
				local, remote, s.fact("served", "local"), s.fact("served", "remote"))
		}
	})
}

// What a stream or process is tells why it takes so long.
func TestStreams(t *testing.T) {
	eachPython(t, 8, "streams.py", func(t *testing.T, py testtarget.Python, s seen) {
		if got := s.fact("process", "command"); got != "cat and 1 argument" {
			t.Errorf("the process is %v", got)
		}
		high, _ := s.fact("drainer", "high_water").(int64)
		if high == 0 {
			t.Error("it is not known above what the drainer waits")
		}
		if buffered, _ := s.fact("drainer", "buffered").(int64); !py.AtLeast(12) && buffered <= high {
			t.Errorf("the drainer waits with %d bytes buffered, of %d", buffered, high)
		}
	})
}

// Who waits for a queue's tasks to be done waits for the queue, not for the
// event in it.
func TestQueues(t *testing.T) {
	eachPython(t, 8, "queues.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the wait", s.waits, map[string]string{
			"getter-0": "queue get asyncio.Queue",
			"putter-1": "queue put asyncio.Queue",
			"joiner":   "queue join asyncio.Queue",
			"lifo":     "queue put asyncio.LifoQueue",
			"producer": "event asyncio.Event",
		})
		if got := s.task("joiner").Waits[0]; s.task("joiner").Frames[got.Frame].Func != "asyncio.queues.Queue.join" || got.Kind != graph.WaitQueueJoin {
			t.Errorf("the joiner's wait is %+v", got)
		}
		if got := s.fact("joiner", "unfinished"); got != int64(1) {
			t.Errorf("%v of its tasks are not done, want 1", got)
		}
	})
}
