package hang

import (
	"context"
	"sync"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Watch watches a test runner and the processes below it.
type Watch struct {
	Root  int           // the runner's process
	Any   bool          // it is no go test: whatever runs Python may run tests, and the runner itself
	After time.Duration // a test that runs longer hangs; 0: only what is certain to

	// Take takes a snapshot of a process.
	Take func(ctx context.Context, pid int, want Want) (*graph.Snapshot, error)
	Tell func(*Hang) // is called for one hang at a time
}

// Want is what a snapshot is to have beside what all have.
type Want struct {
	Heap   bool // what the heap tells: which tasks nothing can reach any more
	Locals bool // the variables of frames
}

// interval is how often the processes are looked at in /proc.
const interval = 200 * time.Millisecond

// mostChildren is how many processes that a test has started are shown.
const mostChildren = 8

// mostLooks is how many snapshots are taken at the same time.
const mostLooks = 2

// patience is for how long looks are waited for when all is over that is watched:
// at a process whose deadline was near, it was about to end.
const patience = 10 * time.Second

// Run watches until ctx ends, or until the command is over.
func (w *Watch) Run(ctx context.Context, over <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &watching{Watch: w, subjects: map[process]*subject{}, unknown: map[process]stranger{}, seen: make(chan seen)}
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			for ; l.looks > 0; l.looks-- {
				<-l.seen
			}
			return
		case <-over:
			defer time.AfterFunc(patience, cancel).Stop()
			for _, s := range l.subjects {
				l.end(s, time.Now())
			}
			for ; l.looks > 0; l.looks-- {
				if l.dues == 0 {
					cancel()
				}
				l.judge(ctx, <-l.seen)
			}
			return
		case now := <-ticks.C:
			l.tick(ctx, now)
		case s := <-l.seen:
			l.looks--
			l.judge(ctx, s)
		}
	}
}

// watching is the state of Run.
type watching struct {
	*Watch
	subjects map[process]*subject
	unknown  map[process]stranger
	stops    sync.Map      // locks, by process
	looks    int           // snapshots that are being taken
	dues     int           // those among them for a deadline
	took     time.Duration // the longest that one took
	seen     chan seen
}

// stranger is a process that is not known to run tests.
type stranger struct {
	since time.Time
	args  string
}

// A process that has just started may be about to become another program.
const (
	settled    = 100 * time.Millisecond
	settledFor = 5 * time.Second // it is looked at again in that time, if its arguments change
)

// seen is a snapshot of a subject, or why there is none.
type seen struct {
	*subject
	snapshot *graph.Snapshot
	err      error
	asleep   bool      // its threads wait for each other, as the kernel has it
	at       time.Time // when it was asked for
	took     time.Duration
	due      bool // because its deadline is near
}

func (l *watching) tick(ctx context.Context, now time.Time) {
	all := descendants(l.Root)
	there := map[process]bool{}
	for _, r := range all {
		there[r.process] = true
		if l.subjects[r.process] == nil {
			l.meet(r.process, now)
		}
	}
	l.relate(all)
	for p, s := range l.subjects {
		switch {
		case !there[p] && !p.alive(): // those whose parents ended are still watched
			l.end(s, now)
			delete(l.subjects, p)
		default:
			l.watch(ctx, s, now)
		}
	}
	for p := range l.unknown {
		if !there[p] {
			delete(l.unknown, p)
		}
	}
}

// end takes note of a subject's end.
func (l *watching) end(s *subject, now time.Time) {
	if s.ended = now; s.held != nil && s.over(now) {
		l.Tell(s.held)
	}
}

// relate finds which subjects are below others: where a test has started
// another test's program, it is the first that runs for too long.
func (l *watching) relate(all []relative) {
	parents := map[int]int{}
	byPID := map[int]*subject{}
	for _, r := range all {
		parents[r.pid] = r.parent
		if s := l.subjects[r.process]; s != nil {
			byPID[r.pid] = s
			s.within, s.above = false, false
		}
	}
	for _, s := range byPID {
		for pid, steps := parents[s.pid], 0; pid != 0 && steps < maxFamily; pid, steps = parents[pid], steps+1 {
			if other := byPID[pid]; other != nil {
				other.above = true
				s.within = s.within || other.testing
			}
		}
	}
}

// meet decides whether a process runs tests.
func (l *watching) meet(p process, now time.Time) {
	u, known := l.unknown[p]
	if !known {
		l.unknown[p] = stranger{since: now}
		return
	}
	if now.Sub(u.since) > settledFor || now.Sub(u.since) < settled {
		return
	}
	args := p.args()
	if len(args) == 0 || join(args) == u.args {
		return
	}
	u.args = join(args)
	l.unknown[p] = u
	if s := newSubject(p, args, now, l.Any, p.pid == l.Root); s != nil {
		delete(l.unknown, p)
		l.subjects[p] = s
	}
}

// watch decides whether it is time to look at a subject.
func (l *watching) watch(ctx context.Context, s *subject, now time.Time) {
	s.breathe(now)
	if s.held != nil && s.over(now) {
		l.Tell(s.held)
		s.held, s.deadline = nil, time.Time{}
	}
	if s.looking || l.looks >= mostLooks || s.failed > mostFailures {
		return
	}
	due := s.due(now, l.took)
	switch {
	case due:
	case s.quiet(now):
		s.busyAt, s.calm = now, min(2*s.calm, lastCalm)
	case s.slow(now, l.After):
	default:
		return
	}
	s.sample = now.Add(l.After / samplesPerAfter)
	s.looking = true
	l.looks++
	if due {
		l.dues++
	}
	go func() {
		asleep := !s.goTest && s.asleep()
		snapshot, err := l.take(ctx, s.process, Want{Heap: s.goTest, Locals: !s.goTest})
		l.seen <- seen{subject: s, snapshot: snapshot, err: err, asleep: asleep, at: now, took: time.Since(now), due: due}
	}()
}

// mostFailures is how often in a row a subject may be unreadable before it is
// given up.
const mostFailures = 3

// judge decides what a snapshot means.
func (l *watching) judge(ctx context.Context, s seen) {
	s.looking = false
	if s.due {
		l.dues--
	}
	if s.err != nil {
		s.failed++
		return
	}
	s.failed = 0
	l.took = max(l.took, s.took)
	v := Judge(s.snapshot)
	s.testing = v.Tests != nil && v.Tests[0].Name != ""
	if s.asleep && v.Tests != nil {
		v.Stuck, v.Guessed = v.Tests, false
	}
	if !s.testing && !s.goTest && !s.isRoot {
		v = Verdict{} // a worker that has nothing to do
	}
	forgetLocals(s.snapshot)
	h := &Hang{
		PID: s.pid, Name: s.name, Deadline: s.timeout, After: s.at.Sub(s.born), Snapshot: s.snapshot, watched: s.process,
	}
	if stuck := s.confirmed(v); len(stuck) > 0 {
		h.Sign, h.Tests, h.Guessed = SignStuck, stuck, v.Guessed
	} else if slow := s.overdue(v, s.at, l.After); len(slow) > 0 {
		h.Sign, h.Tests = SignSlow, slow
	} else if s.due && hasDeadline(s.snapshot) {
		h.Sign, h.Tests = SignDeadline, s.untold(v.Tests)
	}
	if len(h.Tests) == 0 {
		return
	}
	for _, p := range descendants(s.pid) {
		if p.pid != s.pid && len(h.Children) < mostChildren {
			h.Children = append(h.Children, l.child(ctx, p.process))
		}
	}
	switch {
	case h.Sign == SignDeadline && s.ended.IsZero():
		s.held = h
	case h.Sign == SignDeadline && s.over(s.ended): // while it was looked at
		l.Tell(h)
	case s.alive():
		for _, t := range h.Tests {
			s.told[t.key()] = true
		}
		l.Tell(h)
	}
}

// child takes a snapshot of a process that a test started.
func (l *watching) child(ctx context.Context, p process) Child {
	c := Child{PID: p.pid, Args: p.args()}
	c.Snapshot, c.Err = l.take(ctx, p, Want{})
	return c
}

// take takes a snapshot of a process. A process can be stopped by one at a time:
// it may be a subject, and what another one has started.
func (l *watching) take(ctx context.Context, p process, want Want) (*graph.Snapshot, error) {
	lock, _ := l.stops.LoadOrStore(p, new(sync.Mutex))
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()
	return l.Take(ctx, p.pid, want)
}
