package hang

import (
	"debug/buildinfo"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// subject is a process that runs tests.
type subject struct {
	process
	name     string // of the package, or of the program
	goTest   bool   // a binary of go test
	isRoot   bool   // the command itself
	born     time.Time
	timeout  time.Duration // of -test.timeout; 0: none
	deadline time.Time     // zero: none

	spent  time.Duration
	busyAt time.Time     // when it last used the CPU
	calm   time.Duration // it is looked at when it has been quiet for so long

	testing bool // the last snapshot had tests in it
	within  bool // it was started by a subject that has
	above   bool // it has started other subjects

	looking bool // a snapshot of it is being taken
	failed  int  // snapshots of it that could not be taken, one after the other
	seen    map[testKey]time.Time
	told    map[testKey]bool
	suspect map[testKey]bool // who hung in the last snapshot, by a guess
	sample  time.Time        // when it is looked at next, for --hang-after
	held    *Hang            // what is told when its deadline is over
	ended   time.Time        // zero: it is there
}

// firstCalm is how long a process uses no CPU before it is looked at; then
// twice as long, and so on up to lastCalm.
const (
	firstCalm = 1500 * time.Millisecond
	lastCalm  = time.Minute
)

// newSubject tells whether a process runs tests, and of which package: a
// binary of go test does; where any other command is run, so may Python, and
// the command itself.
func newSubject(p process, args []string, now time.Time, other, isRoot bool) *subject {
	timeout, goTest := testFlags(args)
	if !goTest && !other {
		return nil
	}
	runtimes, err := dlvext.ProcessRuntimes(p.pid)
	if err != nil || len(runtimes) == 0 {
		return nil
	}
	python := strings.HasPrefix(runtimes[0], "cpython")
	if goTest = goTest && !python; !goTest && !python && !isRoot {
		return nil
	}
	s := &subject{
		process: p, goTest: goTest, isRoot: isRoot, born: p.born(now), busyAt: now, calm: firstCalm,
		seen: map[testKey]time.Time{}, told: map[testKey]bool{}, suspect: map[testKey]bool{},
	}
	if goTest && timeout > 0 {
		s.timeout, s.deadline = timeout, s.born.Add(timeout)
	}
	s.name = packageName(p, args, goTest)
	return s
}

// testFlags looks for what go test passes to the binaries that it runs.
func testFlags(args []string) (timeout time.Duration, ok bool) {
	for _, a := range args {
		flag, found := strings.CutPrefix(strings.TrimPrefix(a, "-"), "-test.") // one dash or two
		if !found {
			flag, found = strings.CutPrefix(a, "-test.")
		}
		if !found {
			continue
		}
		ok = true
		if text, found := strings.CutPrefix(flag, "timeout="); found {
			timeout, _ = time.ParseDuration(text)
		}
	}
	return timeout, ok
}

// packageName is what people call what runs.
func packageName(p process, args []string, goTest bool) string {
	if goTest {
		if info, err := buildinfo.ReadFile(fmt.Sprintf("/proc/%d/exe", p.pid)); err == nil && info.Path != "" {
			return strings.TrimSuffix(info.Path, ".test")
		}
	}
	return filepath.Base(args[0])
}

// breathe notes how much CPU the process has used since the last time.
func (s *subject) breathe(now time.Time) {
	spent, ok := s.process.spent()
	used := max(spent-s.spent, s.spent-spent) // threads that ended take theirs with them
	if !ok || used > interval/busyShare {
		s.busyAt = now
		if used > interval/2 {
			s.calm = firstCalm
		}
	}
	s.spent = spent
}

// busyShare says when a process is busy: when it uses more than this part of
// a CPU.
const busyShare = 50

// quiet tells whether it is time to look at a process that does nothing.
func (s *subject) quiet(now time.Time) bool { return now.Sub(s.busyAt) >= s.calm }

// due tells whether the deadline is so near that it is time to look, which may
// take as long as took; it is near for at most a quarter of the time that the
// tests have.
func (s *subject) due(now time.Time, took time.Duration) bool {
	if s.deadline.IsZero() || s.held != nil {
		return false
	}
	lead := min(max(3*took, leastLead), s.timeout/4)
	return !now.Before(s.deadline.Add(-lead))
}

// leastLead is how long before a deadline a process is looked at, at least.
const leastLead = 2 * time.Second

// over tells whether the deadline is so close that nobody could still meet it.
func (s *subject) over(now time.Time) bool {
	return !s.deadline.IsZero() && !now.Before(s.deadline.Add(-min(lastMoment, s.timeout/8)))
}

// lastMoment is how long before the deadline tests are told to hang.
const lastMoment = 200 * time.Millisecond

// samplesPerAfter is how often tests are looked at in the time after which they
// hang: for how long one has run is known as precisely.
const samplesPerAfter = 4

// slow tells whether it is time to look which tests are under way.
func (s *subject) slow(now time.Time, after time.Duration) bool {
	return after > 0 && !now.Before(s.sample) && now.Sub(s.born) >= after/samplesPerAfter
}

// overdue are the tests that have been seen for longer than they should run,
// and were not told of. Any that was not seen now is forgotten.
func (s *subject) overdue(v Verdict, now time.Time, after time.Duration) (slow []Test) {
	seen := map[testKey]time.Time{}
	for _, t := range v.Tests {
		first, ok := s.seen[t.key()]
		if !ok {
			first = now
		}
		if t.Runs > 0 {
			first = now.Add(-t.Runs)
		}
		seen[t.key()] = first
		if after <= 0 {
			continue
		}
		if left := after - now.Sub(first); left <= 0 {
			slow = append(slow, t)
		} else if next := now.Add(left); next.Before(s.sample) {
			s.sample = next
		}
	}
	slices.SortStableFunc(slow, func(a, b Test) int { return seen[a.key()].Compare(seen[b.key()]) })
	s.seen = seen
	if s.within || s.above && !s.testing {
		return nil // the tests are another's
	}
	return s.untold(slow)
}

// confirmed are the tests that are stuck and were not told of: of a guess, those
// that were so the last time as well.
func (s *subject) confirmed(v Verdict) []Test {
	stuck := v.Stuck
	if v.Guessed {
		stuck = nil
		for _, t := range v.Stuck {
			if s.suspect[t.key()] {
				stuck = append(stuck, t)
			}
		}
	}
	s.suspect = map[testKey]bool{}
	for _, t := range v.Stuck {
		s.suspect[t.key()] = true
	}
	return s.untold(stuck)
}

// untold are those of the tests that were not told of.
func (s *subject) untold(tests []Test) []Test {
	return slices.DeleteFunc(slices.Clone(tests), func(t Test) bool { return s.told[t.key()] })
}

// hasDeadline tells whether the timer of go test's deadline may be pending:
// not while benchmarks run.
func hasDeadline(s *graph.Snapshot) bool {
	for _, rt := range s.Runtimes {
		for _, a := range rt.Stats {
			if text, ok := a.Value.(string); ok && a.Key == "timers_for" {
				return strings.Contains(text, "startAlarm") || strings.Contains(text, "…")
			}
		}
	}
	return true
}

// join is arguments as one string, to compare.
func join(args []string) string { return strings.Join(args, "\x00") }
