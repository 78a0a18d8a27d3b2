package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// lockRecord is what a program noted of its own locks: who has them, and who does
// not though it may look so.
type lockRecord struct {
	held map[string]map[graph.TaskID]string // styles, by address and mode
	free map[string]map[graph.TaskID]string
}

func recordOf(t *testing.T, text string) lockRecord {
	t.Helper()
	r := lockRecord{map[string]map[graph.TaskID]string{}, map[string]map[graph.TaskID]string{}}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) != 5 {
			t.Fatalf("a line of the record cannot be read: %q", line)
		}
		into := r.held
		if words[0] == "free" {
			into = r.free
		}
		if into[words[1]] == nil {
			into[words[1]] = map[graph.TaskID]string{}
		}
		into[words[1]][graph.TaskID(words[3])] = words[4]
	}
	return r
}

// Of a program that notes who has its locks, at least 95 of 100 holders are named,
// and nobody else is.
func TestHoldersAreThoseThatHold(t *testing.T) {
	for _, o := range holderBuilds() {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "holders", o))
			r := recordOf(t, tg.Stderr())
			for _, v := range views {
				checkHolders(t, v.name, r, v.see(t, tg))
			}
		})
	}
}

// holderBuilds are the builds with which holders are looked for.
func holderBuilds() []testtarget.Options {
	if !testtarget.Full() {
		return []testtarget.Options{{}, {NoOpt: true}}
	}
	var builds []testtarget.Options
	for _, toolchain := range slices.Concat(testtarget.Older, testtarget.Toolchains) {
		builds = append(builds, testtarget.Options{Toolchain: toolchain}, testtarget.Options{Toolchain: toolchain, NoOpt: true})
	}
	builds = append(builds, testtarget.Options{PIE: true}, testtarget.Options{CGO: true, Race: true})
	return builds
}

func checkHolders(t *testing.T, view string, r lockRecord, s *graph.Snapshot) {
	t.Helper()
	named := map[string]map[graph.TaskID]graph.Evidence{}
	for _, res := range s.Resources {
		if !slices.Contains([]string{"mutex", "rwmutex", "semaphore"}, res.Kind) {
			continue
		}
		at := fmt.Sprintf("%#x", res.Address)
		named[at] = map[graph.TaskID]graph.Evidence{}
		for _, h := range res.Holders {
			named[at][h.Task] = h.Evidence
		}
		checkCounts(t, view, res, len(r.held[at]))
	}
	right, missed := 0, []string(nil)
	for addr, holders := range r.held {
		for task, style := range holders {
			_, ok := named[addr][task]
			if ok {
				right++
			} else {
				missed = append(missed, style)
			}
		}
		for task, e := range named[addr] {
			if _, ok := holders[task]; !ok {
				t.Errorf("%s: %s is said to have the lock at %s (%s), which %v has; it is %q", view, task, addr, e.How, holders, r.free[addr][task])
			}
			if e.Confidence == graph.Proven {
				t.Errorf("%s: that %s has the lock at %s is said to be proven", view, task, addr)
			}
		}
	}
	all := right + len(missed)
	if all < 34 {
		t.Errorf("%s: there are only %d holders", view, all)
	}
	t.Logf("%s: %d of %d holders are named; missing are %v", view, right, all, missed)
	if right*100 < all*95 {
		t.Errorf("%s: only %d of %d holders are named; missing are %v", view, right, all, missed)
	}
}

// checkCounts checks what is said of how many have a resource, and of how many of
// them were not found.
func checkCounts(t *testing.T, view string, r *graph.Resource, recorded int) {
	t.Helper()
	numbers := map[string]int64{}
	for _, a := range r.Detail {
		if n, ok := a.Value.(int64); ok {
			numbers[a.Key] = n
		}
	}
	have, missing := numbers["held"], numbers["users_not_found"]
	switch {
	case r.Kind == "rwmutex":
		have, missing = numbers["readers"], numbers["readers_not_found"]
	case !strings.HasPrefix(r.Type, "semaphore (chan"): // units of a Weighted are not goroutines
		return
	}
	if have > 0 && recorded > 0 && (int(have) != recorded || int(missing) != recorded-len(r.Holders)) {
		t.Errorf("%s: %d have the %s at %#x, of whom %d are named; it says %v", view, recorded, r.Kind, r.Address, len(r.Holders), r.Detail)
	}
}
