package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Of a timer that no goroutine waits for the runtime's own counts say what it
// will call.
func TestPendingTimers(t *testing.T) {
	for _, toolchain := range testtarget.Releases() {
		o := testtarget.Options{Toolchain: toolchain}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "endings", o))
			for _, v := range views {
				counts := statsOf(v.see(t, tg))
				if functions, _ := counts["timers_for"].(string); !strings.Contains(functions, "main.later (1)") {
					t.Errorf("%s: the runtime counts %v, and no timer for main.later", v.name, counts)
				}
			}
		})
	}
}

// Many timers for one thing are told of, and for what; fewer are not.
func TestTimersPileUp(t *testing.T) {
	for _, c := range []struct {
		toolchain string
		args      []string
		want      string
	}{
		{"", []string{"20000"}, "20000 timers are pending, # goroutines; most of them wait to call main.expire"},
		{"", []string{"900"}, ""},
		{"", []string{"20000", "after"}, ""},
		{"go1.22.12", []string{"20000", "after"}, "20000 timers are pending, # goroutines; most of them wait to send to channels: those of time.After, time.NewTimer, time.NewTicker"},
	} {
		if c.toolchain != "" && !testtarget.Full() {
			continue
		}
		t.Run(strings.Join(append(c.args, c.toolchain), " "), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "timers", testtarget.Options{Toolchain: c.toolchain}), c.args...)
			for _, v := range views {
				got := ""
				s := v.see(t, tg)
				if wait := withFunction(t, s, "main.stopped", 1)[0].Waits[0]; c.toolchain == "" {
					if r := s.Resource(wait.Resource); wait.Kind != graph.WaitTimer || r == nil || !slices.Contains(r.Detail, graph.Attr{Key: "set", Value: false}) {
						t.Errorf("%s: stopped waits for %+v on %+v", v.name, wait, r)
					}
				}
				for _, p := range s.Problems {
					if p.Code == "timer-pileup" {
						got = regexp.MustCompile(`and \d+ goroutines are there`).ReplaceAllString(p.Message, "# goroutines")
					}
				}
				if got != c.want {
					t.Errorf("%s: %q, want %q", v.name, got, c.want)
				}
			}
		})
	}
}
