package golang

import (
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// statsLayout is what is read of the scheduler to count with: runtime.p and runtime.schedt.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/runtime2.go#L772
// https://github.com/golang/go/blob/go1.26.8/src/runtime/runtime2.go#L930
type statsLayout struct {
	runqHead, runqTail, runNext field // of a p: a ring of goroutines, and the one that goes first
	schedSize                   int
	globalRunq, idlePs, idleMs  field // of schedt
}

func newStatsLayout(ts *resolver) statsLayout {
	p, sched := ts.optional("runtime.p"), ts.optional("runtime.schedt")
	return statsLayout{
		runqHead: p.maybe("runqhead"), runqTail: p.maybe("runqtail"), runNext: p.maybe("runnext"),
		schedSize:  sched.size(),
		globalRunq: sched.maybe("runq.size", "runqsize"),
		idlePs:     sched.maybe("npidle.value"), idleMs: sched.maybe("nmidle"),
	}
}

func attr(key string, value any) graph.Attr { return graph.Attr{Key: key, Value: value} }

// maxListedQueues is how many processors' queues are listed one by one.
const maxListedQueues = 64

// runQueue is the size of a p's ring:
// https://github.com/golang/go/blob/go1.26.8/src/runtime/runtime2.go#L805
const runQueue = 256

// gcPhases are the values of runtime.gcphase:
// https://github.com/golang/go/blob/go1.26.8/src/runtime/mgc.go#L251
var gcPhases = []string{"off", "marking", "mark termination"}

// readStats counts what the scheduler has queued and idle, given its processors.
// What cannot be read, or cannot be true, is left out.
func (c *collection) readStats(ps [][]byte) {
	l := &c.lay.stats
	add := func(key string, value any) { c.stats = append(c.stats, attr(key, value)) }
	if len(ps) > 0 {
		add("processors", len(ps))
	}
	var sched []byte
	if addr, _, ok := c.global("runtime.sched"); ok && l.schedSize > 0 {
		sched, _ = c.read(addr, l.schedSize) // without it there is less to say
	}
	global, idle := int32(l.globalRunq.of(sched)), int32(l.idlePs.of(sched))
	if sched != nil && l.idlePs.size > 0 && idle >= 0 && int(idle) <= len(ps) {
		add("processors_idle", idle)
	}
	if sched != nil && l.idleMs.size > 0 {
		add("threads_idle", int32(l.idleMs.of(sched)))
	}
	total, longest, known := 0, 0, len(ps) > 0 && l.runqTail.size > 0
	var each []string
	for _, b := range ps {
		n := int(uint32(l.runqTail.of(b)) - uint32(l.runqHead.of(b)))
		if l.runNext.of(b) != 0 {
			n++
		}
		known = known && n <= runQueue+1
		each = append(each, strconv.Itoa(n))
		total, longest = total+n, max(longest, n)
	}
	if known {
		add("run_queues", total)
		add("run_queue_longest", longest)
		if total > 0 && len(ps) > 1 && len(ps) <= maxListedQueues {
			add("run_queue_each", strings.Join(each, " "))
		}
	}
	if sched != nil && l.globalRunq.size > 0 && global >= 0 {
		add("run_queue_global", global)
	}
	if c.extra > 0 {
		add("kept_for_calls_from_c", c.extra)
	}
	if addr, _, ok := c.global("runtime.gcphase"); ok {
		if b, err := c.read(addr, 4); err == nil && int(le.Uint32(b)) < len(gcPhases) {
			add("gc", gcPhases[le.Uint32(b)])
		}
	}
}
