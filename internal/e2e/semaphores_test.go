package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Of a program that uses channels as semaphores, in many styles, those who are inside
// are named, and nobody else is; its queues are none.
func TestChannelsAsSemaphores(t *testing.T) {
	for _, o := range holderBuilds() {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "semaphores", o))
			r := recordOf(t, tg.Stderr())
			for _, v := range views {
				s := v.see(t, tg)
				checkHolders(t, v.name, r, s)
				checkQueues(t, v.name, r, s)
				checkCircles(t, v.name, s)
			}
		})
	}
}

// checkCircles checks that the two circles are found, are guesses, and are all that is
// wrong.
func checkCircles(t *testing.T, view string, s *graph.Snapshot) {
	t.Helper()
	var got []string
	for _, p := range s.Problems {
		if p.Severity != graph.Error {
			continue
		}
		var who []string
		for _, id := range p.Tasks {
			who = append(who, began(s, id))
		}
		slices.Sort(who)
		got = append(got, p.Code+": "+strings.Join(who, " "))
		if p.Evidence.Confidence == graph.Proven || !strings.Contains(p.Message, "probably") {
			t.Errorf("%s: %s is said to be certain", view, p.Message)
		}
	}
	slices.Sort(got)
	if want := []string{"deadlock: main.entersThenLocks main.locksThenEnters", "self-deadlock: main.entersTwice"}; !slices.Equal(got, want) {
		t.Errorf("%s: found are %q, not %q", view, got, want)
	}
}

// checkQueues checks that the channels that are no semaphores are channels still.
func checkQueues(t *testing.T, view string, r lockRecord, s *graph.Snapshot) {
	t.Helper()
	kinds := map[string]string{}
	for _, res := range s.Resources {
		kinds[fmt.Sprintf("%#x", res.Address)] = res.Kind
	}
	for addr, who := range r.free {
		if kinds[addr] != "chan" {
			t.Errorf("%s: the channel at %s, which %v uses, is a %q", view, addr, who, kinds[addr])
		}
	}
}
