package golang

// layouts say where the runtime's structures keep what the walk reads. A
// field that this Go version does not have is the zero [field].
type layouts struct {
	g         gLayout
	sudog     sudogLayout
	hchan     hchanLayout
	timer     timerLayout
	pollDesc  pollDescLayout
	m         mLayout
	panic     panicLayout
	sema      semaLayout
	sync      syncLayout
	abiType   typeLayout
	p         pLayout
	heap      heapLayout
	queues    queueLayout
	fd        fdLayout
	deferred  deferLayout
	context   contextLayout
	labels    labelLayout
	stats     statsLayout
	weighted  weightedLayout
	flight    flightLayout
	errgroup  errgroupLayout
	sql       sqlLayout
	bubble    bubbleLayout
	ancestor  ancestorLayout
	http      httpLayout
	transport transportLayout
	bufio     bufioLayout
	testing   testingLayout

	concSizes map[string]uint64 // of the kinds of package conc that the program has

	coro     field // the goroutine that a runtime.coro has; since 1.23
	lastpoll field // of runtime.sched: nanotime of the last look at the network
}

// gLayout is runtime.g: https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L473
type gLayout struct {
	size int

	lo, hi                       field
	sp, pc, bp                   field // where it left its stack
	syscallsp, syscallpc         field
	syscallbp                    field // since 1.23
	status, goid                 field
	waitsince, waitreason        field
	parent, gopc, startpc        field
	waiting, m, labels           field
	timer, sleepWhen, innerPanic field
	deferred                     field
	cleaning                     field // since 1.25
	coroarg                      field // since 1.23
	ancestors                    field
	bubble                       field // since 1.25
}

// sudogLayout is runtime.sudog: https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L406
type sudogLayout struct {
	size                int
	g, next, prev, link field
	elem, c             field
	linked              bool // g.waiting leads to semaphores and conds too: since 1.26
}

// hchanLayout is runtime.hchan: https://github.com/golang/go/blob/go1.26.0/src/runtime/chan.go#L34
type hchanLayout struct {
	size                    int
	count, capacity, closed field
	elemtype, timer         field // timer: since 1.23
	recvFirst, sendFirst    field
	bubble                  field
	lock                    field // see isLocked
}

// timerLayout is runtime.timer: https://github.com/golang/go/blob/go1.26.0/src/runtime/time.go#L55
type timerLayout struct {
	size         int
	when, period field
	fn, arg      field // its function, and what that is called with: the channel it sends to
}

// pollDescLayout is runtime.pollDesc: https://github.com/golang/go/blob/go1.26.0/src/runtime/netpoll.go#L75
type pollDescLayout struct {
	size                     int
	fd, rg, wg, rd, wd, self field
}

// mLayout is runtime.m: https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L618
type mLayout struct {
	size                  int
	procid, curg, gsignal field
	g0, throwing          field
	vdsoPC, vdsoSP        field
	allLink               field
}

// panicLayout is runtime._panic: https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L1173
type panicLayout struct {
	size              int
	arg, link         field
	recovered, goexit field
}

// deferLayout is runtime._defer: https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L1152
type deferLayout struct {
	size         int
	sp, fn, link field
}

// pLayout is runtime.p: https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L772
type pLayout struct {
	size                int
	timers              field // how many timers it has, not counting those of channels that nobody waits on
	timerHeap           field // the slice of them
	timerPairs          bool  // its elements are pairs, since 1.23
	timerLock           field // of the heap; see isLocked
	schedWhen, sysmonAt field // nanotimes of when the system monitor last looked at it
}

// semaLayout is runtime.semaRoot and the table it stands in:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/sema.go#L40
type semaLayout struct {
	treap field // of semaRoot, with which each entry of the table begins
}

// syncLayout is what package sync's primitives are made of.
type syncLayout struct {
	waitGroupState, waitGroupSema uint64
	waitGroupSize                 uint64
	condNotify                    uint64
	notifyHead, notifyTail        uint64 // within the notifyList
	errgroupWG                    uint64 // offset of the WaitGroup in an errgroup.Group
	errgroupSize                  uint64 // 0: the program has no errgroup
	onceMutex                     field
}

// newLayouts resolves every field that the walk reads.
func newLayouts(from shapes) (*layouts, error) {
	ts := &resolver{from: from}
	l := &layouts{}

	g := ts.structure("runtime.g")
	l.g = gLayout{
		size: g.size(),
		lo:   g.need("stack.lo"), hi: g.need("stack.hi"),
		sp: g.need("sched.sp"), pc: g.need("sched.pc"), bp: g.need("sched.bp"),
		syscallsp: g.need("syscallsp"), syscallpc: g.need("syscallpc"), syscallbp: g.maybe("syscallbp"),
		status: g.need("atomicstatus.value", "atomicstatus"), goid: g.need("goid"),
		waitsince: g.need("waitsince"), waitreason: g.need("waitreason"),
		parent: g.need("parentGoid"), gopc: g.need("gopc"), startpc: g.need("startpc"),
		waiting: g.need("waiting"), m: g.need("m"), labels: g.maybe("labels"),
		timer: g.need("timer"), sleepWhen: g.maybe("sleepWhen"), innerPanic: g.need("_panic"),
		deferred: g.need("_defer"),
		coroarg:  g.maybe("coroarg"), bubble: g.maybe("bubble", "syncGroup"), ancestors: g.maybe("ancestors"),
		cleaning: g.maybe("runningCleanups.u", "runningCleanups.v", "runningCleanups"),
	}

	sd := ts.structure("runtime.sudog")
	l.sudog = sudogLayout{
		size: sd.size(),
		g:    sd.need("g"), next: sd.need("next"), prev: sd.need("prev"), link: sd.need("waitlink"),
		elem: sd.need("elem.vu", "elem"), c: sd.need("c.maybeTraceablePtr.vu", "c.vu", "c"),
	}
	_, l.sudog.linked = sd.find([]string{"elem.vu"})

	ch := ts.optional("runtime.hchan")
	l.hchan = hchanLayout{
		size:  ch.size(),
		count: ch.need("qcount"), capacity: ch.need("dataqsiz"), closed: ch.need("closed"),
		elemtype: ch.need("elemtype"), timer: ch.maybe("timer"), bubble: ch.maybe("bubble"), lock: ch.maybe("lock.key"),
		recvFirst: ch.need("recvq.first"), sendFirst: ch.need("sendq.first"),
	}

	tm := ts.optional("runtime.timer")
	l.timer = timerLayout{size: tm.size(), when: tm.need("when"), period: tm.need("period"), arg: tm.maybe("arg"), fn: tm.maybe("f")}

	pd := ts.optional("runtime.pollDesc")
	l.pollDesc = pollDescLayout{
		size: pd.size(),
		fd:   pd.need("fd"), rg: pd.need("rg.value", "rg"), wg: pd.need("wg.value", "wg"),
		rd: pd.need("rd"), wd: pd.need("wd"), self: pd.need("self"),
	}

	m := ts.structure("runtime.m")
	l.m = mLayout{
		size: m.size(), procid: m.need("procid"), curg: m.need("curg"), gsignal: m.need("gsignal"), g0: m.need("g0"),
		throwing: m.maybe("throwing"), allLink: m.maybe("alllink"), vdsoPC: m.maybe("vdsoPC"), vdsoSP: m.maybe("vdsoSP"),
	}

	p := ts.optional("runtime._panic")
	l.panic = panicLayout{
		size: p.size(), arg: p.need("arg"), link: p.need("link"),
		recovered: p.need("recovered"), goexit: p.maybe("goexit"),
	}

	d := ts.optional("runtime._defer")
	l.deferred = deferLayout{size: d.size(), sp: d.need("sp"), fn: d.need("fn"), link: d.need("link")}

	pr := ts.optional("runtime.p")
	l.p = pLayout{
		timerHeap: pr.maybe("timers.heap", "timers"), timerPairs: pr.maybe("timers.heap").size > 0,
		timerLock: pr.maybe("timers.mu.key", "timersLock.key"),
		size:      pr.size(), timers: pr.maybe("timers.len.value", "numTimers.value"),
		schedWhen: pr.maybe("sysmontick.schedwhen"), sysmonAt: pr.maybe("sysmontick.syscallwhen"),
	}

	ty := ts.optional("internal/abi.Type")
	l.abiType = typeLayout{size: ty.size(), tflag: ty.need("TFlag"), kind: ty.need("Kind_"), str: ty.need("Str")}

	l.sema.treap = ts.optional("runtime.semaRoot").need("treap")

	if s := ts.optional("sync.WaitGroup"); !s.absent {
		l.sync.waitGroupSize = uint64(s.size())
		l.sync.waitGroupState = uint64(s.need("state.v", "state").off)
		l.sync.waitGroupSema = uint64(s.need("sema").off)
	}
	if s := ts.optional("sync.Cond"); !s.absent {
		l.sync.condNotify = uint64(s.need("notify").off)
		l.sync.notifyHead = uint64(s.need("notify.head").off) - l.sync.condNotify
		l.sync.notifyTail = uint64(s.need("notify.tail").off) - l.sync.condNotify
	}
	if s := ts.optional("golang.org/x/sync/errgroup.Group"); !s.absent {
		l.sync.errgroupSize = uint64(s.size())
		l.sync.errgroupWG = uint64(s.need("wg").off)
	}
	l.sync.onceMutex = ts.optional("sync.Once").maybe("m")
	l.errgroup, l.bubble, l.concSizes = newErrgroupLayout(ts), newBubbleLayout(ts), newConcSizes(ts)
	l.testing = newTestingLayout(ts)
	l.sql, l.ancestor = newSQLLayout(ts), newAncestorLayout(ts)
	l.http, l.transport, l.bufio = newHTTPLayout(ts), newTransportLayout(ts), newBufioLayout(ts)
	l.coro = ts.optional("runtime.coro").maybe("gp")
	l.weighted, l.flight = newWeightedLayout(ts), newFlightLayout(ts)
	l.heap, l.fd, l.context = newHeapLayout(ts), newFDLayout(ts), newContextLayout(ts)
	l.queues = newQueueLayout(ts)
	l.labels, l.stats = newLabelLayout(ts), newStatsLayout(ts)
	l.lastpoll = ts.optional("runtime.schedt").need("lastpoll.value", "lastpoll")
	return l, ts.err
}
