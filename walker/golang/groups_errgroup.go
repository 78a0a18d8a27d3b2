package golang

import "github.com/dlv-async/dlv-async/walker/graph"

// errgroupLayout is what is read of an errgroup.Group besides its WaitGroup:
// https://cs.opensource.google/go/x/sync/+/refs/tags/v0.24.0:errgroup/errgroup.go
type errgroupLayout struct {
	size     int
	sem, err field
}

func newErrgroupLayout(ts *resolver) errgroupLayout {
	g := ts.optional("golang.org/x/sync/errgroup.Group")
	return errgroupLayout{size: g.size(), sem: g.maybe("sem"), err: g.maybe("err")}
}

// newConcSizes are the sizes of the types of github.com/sourcegraph/conc.
func newConcSizes(ts *resolver) map[string]uint64 {
	sizes := map[string]uint64{}
	for kind, name := range map[string]string{
		kindConc: concPackage + ".WaitGroup", "stream.Stream": concPackage + "/stream.Stream",
		"pool.Pool": concPackage + "/pool.Pool", "pool.ErrorPool": concPackage + "/pool.ErrorPool", "pool.ContextPool": concPackage + "/pool.ContextPool",
	} {
		if t := ts.optional(name); !t.absent {
			sizes[kind] = uint64(t.size())
		}
	}
	return sizes
}

// errgroup is the state of one.
type errgroup struct {
	limit, running int64 // 0: it has no limit
	errType, err   string
	limiter        uint64 // the channel that has a token of each that runs
}

// readErrgroups reads the groups that were found, and those that goroutines
// wait to start another member of.
func (c *collection) readErrgroups() {
	l := &c.lay.errgroup
	if l.size == 0 {
		return
	}
	var addrs []uint64
	for _, m := range c.memberOf {
		if m.kind == kindErrgroup {
			addrs = append(addrs, m.addr)
		}
	}
	for waitGroup := range c.waitedFor {
		addrs = append(addrs, waitGroup-c.lay.sync.errgroupWG)
	}
	limiters := map[uint64]uint64{} // groups, by channel
	var channels []uint64
	c.each(addrs, l.size, func(addr uint64, b []byte) {
		e := errgroup{limiter: l.sem.of(b)}
		if l.err.size == 16 && word(b[l.err.off:], 0) != 0 && c.img.ModuleAt(word(b[l.err.off:], 0)) != nil {
			e.errType, e.err = c.concreteType(word(b[l.err.off:], 0)), c.errorText(b[l.err.off:], true)
		}
		if e.limiter < 1<<12 || e.limiter%8 != 0 { // a WaitGroup of something else
			e.limiter = 0
		}
		if e.limiter != 0 {
			limiters[e.limiter] = addr
			channels = append(channels, e.limiter)
		}
		c.errgroups[addr] = e
	})
	h := &c.lay.hchan
	c.any(channels, h.size, func(addr uint64, b []byte) { // a WaitGroup of something else has anything there
		e := c.errgroups[limiters[addr]]
		e.limit, e.running = int64(h.capacity.of(b)), int64(h.count.of(b))
		c.errgroups[limiters[addr]] = e
	})
}

// describeErrgroup adds what an errgroup says of itself.
func (w *walk) describeErrgroup(gr *group) {
	e, ok := w.errgroups[gr.addr]
	if gr.kind != kindErrgroup || !ok {
		return
	}
	if e.limit > 0 {
		gr.model.Detail = []graph.Attr{{Key: "limit", Value: e.limit}, {Key: "in_use", Value: e.running}}
	}
	if e.errType != "" {
		gr.model.Error = &graph.Failure{Type: e.errType, Message: e.err}
		if e.err == e.errType {
			gr.model.Error.Message = ""
		}
	}
}

// limits are the waits of errgroup's Go and conc's pools for one of as many
// members as may run at a time to end: each has a token in a channel.
var limits = awaitable{
	kinds:   []graph.WaitKind{graph.WaitChanSend},
	within:  []string{"golang.org/x/sync/errgroup.(*Group).Go"},
	present: func(l *layouts) bool { return l.errgroup.size > 0 },
	collect: func(*collection, []*goroutine) {},
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		if len(g.sudogs) != 1 {
			return false
		}
		gr := w.limitedBy(g.sudogs[0].c)
		if gr == nil {
			return false
		}
		e := w.errgroups[gr.addr]
		r := w.b.Resource("semaphore", e.limiter)
		if r.Detail == nil {
			r.Type = "limit of " + kindErrgroup
			r.Detail = []graph.Attr{{Key: "size", Value: e.limit}, {Key: "held", Value: e.running}}
			for _, m := range gr.members() {
				r.Holders = append(r.Holders, graph.Holder{Task: taskID(m.id), Evidence: inferred("a member of the group, which has a token while it runs")})
			}
		}
		wait.Kind, wait.Resource = graph.WaitSemaphore, r.ID
		wait.Evidence = proven("g.waiting → sudog.c = Group.sem")
		return true
	},
}

// limitedBy is the group whose members have their tokens in a channel.
func (w *walk) limitedBy(channel uint64) *group {
	for _, gr := range w.groups {
		if e, ok := w.errgroups[gr.addr]; ok && gr.kind == kindErrgroup && e.limiter == channel && channel != 0 {
			return gr
		}
	}
	return nil
}
