package e2e

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A process is captured wherever it is: while stacks are moved, garbage is
// collected, channels change. What stands still is read in full all the same,
// and nothing is said of the rest that does not hold.
func TestStoppedAnywhere(t *testing.T) {
	builds, captures := []testtarget.Options{{}}, 20
	if testtarget.Full() {
		captures = 200
		for _, toolchain := range slices.Concat(testtarget.Toolchains, testtarget.Older) {
			builds = append(builds, testtarget.Options{Toolchain: toolchain})
		}
	}
	for _, o := range builds {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "churn", o))
			seen := map[string]int{}
			for range captures {
				s := attach(t, tg)
				countConditions(s, seen)
				checkChurn(t, s)
			}
			t.Logf("in %d captures there were %v", captures, seen)
			if !tg.Alive(t) {
				t.Error("the target is gone")
			}
		})
	}
}

// countConditions counts what tasks, channels and the runtime are in.
func countConditions(s *graph.Snapshot, seen map[string]int) {
	count := func(detail []graph.Attr) {
		for _, a := range detail {
			if a.Value == true || a.Key == "gc" && a.Value != "off" {
				seen[a.Key]++
			}
		}
	}
	count(s.Runtimes[0].Stats)
	for _, task := range s.Tasks {
		count(task.Detail)
	}
	for _, r := range s.Resources {
		count(r.Detail)
	}
}

func checkChurn(t *testing.T, s *graph.Snapshot) {
	t.Helper()
	if err := graph.Validate(s); err != nil {
		t.Errorf("the snapshot is not valid: %v", err)
	}
	still := withFunction(t, s, "main.still", 3)
	for _, task := range still {
		if task.Waits[0].Kind != graph.WaitChanReceive || task.Waits[0].Resource != still[0].Waits[0].Resource || len(task.Problems) > 0 {
			t.Errorf("%s, which stands still, waits for %+v, with problems %v", task.ID, task.Waits, task.Problems)
		}
	}
	for _, task := range s.Tasks {
		checkCalls(t, task)
		for _, p := range task.Problems {
			// Up to Go 1.25 nothing tells who is just being woken at a semaphore.
			excused := task.State == graph.StateRunning && !strings.Contains(p.Message, "the frames end early") || strings.Contains(p.Message, "just being woken")
			if !excused {
				t.Errorf("%s, %v: %s", task.ID, task.State, p.Message)
			}
		}
	}
	for _, p := range s.Problems {
		if p.Code == "torn" && !strings.Contains(p.Message, "in the midst of an operation") {
			t.Error(p.Message)
		}
	}
}

// checkCalls holds what a goroutine of the churn has of the program's own functions
// against what it can have, wherever it was stopped: they are all there, down to the
// first, and none that it did not call.
func checkCalls(t *testing.T, task *graph.Task) {
	t.Helper()
	var own []string
	for _, f := range task.Frames {
		if f.Origin == graph.OriginUser && f.Module == "main" {
			own = append(own, strings.TrimPrefix(f.Func, "main."))
		}
	}
	if task.System || len(own) == 0 || len(task.Problems) > 0 {
		return
	}
	calls := own[:len(own)-1]
	grows := own[len(own)-1] == "grow.func1" && len(calls) <= 201
	if slices.ContainsFunc(calls, func(f string) bool { return !grows || f != "deeper" }) {
		t.Errorf("%s is said to stand in %v", task.ID, own)
	}
}

// Where the records of a wait contradict each other, that is a problem, and
// the wait leads nowhere.
func TestContradictions(t *testing.T) {
	r := record(t, "chans")
	lay := structuresOf(t, r)
	one := func(s *graph.Snapshot, function string) (*graph.Task, *graph.Resource) {
		t.Helper()
		task := withFunction(t, s, function, 1)[0]
		return task, s.Resource(task.Waits[0].Resource)
	}
	_, channel := one(r.baseline, "main.receiveUnbuffered")
	word := func(off int64) uint64 { return channel.Address + uint64(off) }

	t.Run("in the other queue", func(t *testing.T) {
		// The waiter is taken from the queue of receivers to that of senders.
		first, last := r.word(t, word(lay.receivers)), r.word(t, word(lay.receivers+8))
		s := r.with(t, map[uint64]uint64{word(lay.receivers): 0, word(lay.receivers + 8): 0, word(lay.senders): first, word(lay.senders + 8): last})
		task, on := one(s, "main.receiveUnbuffered")
		if on != nil || !says(task, "contradiction") {
			t.Errorf("it waits on %v; the problems are %v", on, task.Problems)
		}
	})
	t.Run("in no queue", func(t *testing.T) {
		s := r.with(t, map[uint64]uint64{word(lay.receivers): 0, word(lay.receivers + 8): 0})
		task, on := one(s, "main.receiveUnbuffered")
		if on != nil || task.Waits[0].Phase != "being woken" || len(task.Problems) > 0 {
			t.Errorf("it waits for %+v on %v; the problems are %v", task.Waits[0], on, task.Problems)
		}
	})
	t.Run("in the midst of an operation", func(t *testing.T) {
		s := r.with(t, map[uint64]uint64{word(lay.receivers): 8, word(lay.lock): 1})
		if !slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool {
			return p.Code == "torn" && strings.Contains(p.Message, "in the midst of an operation")
		}) {
			t.Errorf("the problems are %v", findings(s))
		}
	})
	t.Run("among the timers", func(t *testing.T) {
		if said := statsOf(r.baseline); said["timers_for"] == nil || said["timers_being_changed"] != nil {
			t.Fatalf("the runtime counts %v", said)
		}
		for _, key := range []uint64{1, 2, 0xc000003} { // locked; and others sleep; and a list of them
			s := r.with(t, map[uint64]uint64{lay.timerLock: key})
			if said := statsOf(s); said["timers_for"] != nil || said["timers_being_changed"] != true {
				t.Errorf("with the key %#x the runtime counts %v", key, said)
			}
		}
	})
}

// statsOf is what the first runtime counts.
func statsOf(s *graph.Snapshot) map[string]any {
	counts := map[string]any{}
	for _, a := range s.Runtimes[0].Stats {
		counts[a.Key] = a.Value
	}
	return counts
}

// structures are where a runtime.hchan has its queues and its lock, and where
// the lock of the first processor's timers is.
type structures struct {
	receivers, senders, lock int64
	timerLock                uint64
}

func structuresOf(t *testing.T, r *replay) structures {
	t.Helper()
	hchan, err := r.img.Type("runtime.hchan")
	if err != nil {
		t.Fatal(err)
	}
	at := func(path string) int64 {
		f, err := hchan.Field(path)
		if err != nil {
			t.Fatal(err)
		}
		return f.Offset
	}
	allp, _, ok := r.img.Symbol("runtime.allp")
	p, err := r.img.Type("runtime.p")
	if !ok || err != nil {
		t.Fatal("the list of processors is not known", err)
	}
	lock, err := p.Field("timers.mu.key")
	if err != nil {
		t.Fatal(err)
	}
	first := r.word(t, r.word(t, allp))
	return structures{receivers: at("recvq.first"), senders: at("sendq.first"), lock: at("lock.key"), timerLock: first + uint64(lock.Offset)}
}

// word is a word of what was recorded.
func (r *replay) word(t *testing.T, addr uint64) uint64 {
	t.Helper()
	var b [8]byte
	if err := r.img.Memory.Read(addr, b[:]); err != nil {
		t.Fatal(err)
	}
	return binary.LittleEndian.Uint64(b[:])
}

// with is the snapshot that comes of other words at some addresses.
func (r *replay) with(t *testing.T, words map[uint64]uint64) *graph.Snapshot {
	t.Helper()
	s, err := r.walk(t, &tampered{change: func(addr uint64, b []byte) {
		for at, w := range words {
			if at >= addr && at+8 <= addr+uint64(len(b)) {
				binary.LittleEndian.PutUint64(b[at-addr:], w)
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
