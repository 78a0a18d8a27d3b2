package cpython_test

import (
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// A child's backtrace goes on in the frame that opened its group, through
// whatever that was opened, wherever its owner stands now.
func TestTaskGroups(t *testing.T) {
	eachPython(t, 11, "taskgroups.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the backtrace", s.where, map[string]string{
			"owner":         "parent3, parent2, parent1",
			"child":         "child1, child2 | scope owner: parent2, parent1",
			"exit-child":    "child1, child2 | scope exit-owner: exits",
			"agen-child":    "child1, child2 | scope agen-owner: by_generator",
			"wrapped-child": "child1, child2 | scope wrapped-owner: by_wrapper",
			"stacked-child": "child1, child2 | scope stacked-owner: stacked",
			"class-child":   "child1, child2 | scope (inferred) class-owner: by_class",
			"outer-child":   "child1, child2 | scope nested-owner: nested",
			"inner-child":   "child1, child2 | scope nested-owner: nested",
			"far-child":     "child1, child2 | scope far-owner: far",
			"starter-task":  "starts | scope far-owner: far",
			"stubborn":      "cleans_up, refuses | scope abort-owner: aborts",
		})
		compare(t, "the wait", s.waits, map[string]string{
			"exit-owner":  "task group(exit-child)",
			"abort-owner": "task group(stubborn)",
			"owner":       "sleep asyncio.TimerHandle",
		})
		compare(t, "the awaiters", s.awaiters, map[string]string{
			"exit-child": "exit-owner",
			"child":      "",
		})
		for _, g := range s.Groups {
			if g.Owner == s.task("abort-owner").ID && (g.Error == nil || s.name(g.Error.Task) != "failing" || g.Error.Message != "no stock") {
				t.Errorf("the group of abort-owner was brought down by %+v, want ValueError(no stock) of failing", g.Error)
			}
		}
		if got, want := s.found("swallowed-cancel"), []string{"stubborn"}; !slices.Equal(got, want) {
			t.Errorf("those that were cancelled and wait on are %q, want %q", got, want)
		}
	})
}

// Whatever a group is opened through, its children's backtraces go on in the
// frame that stands around.
func TestWrappedGroups(t *testing.T) {
	eachPython(t, 11, "grouped.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the backtrace", s.where, map[string]string{
			"deep-child":      "child | scope deep: deep",
			"stack-child":     "child | scope stack: stack",
			"within-child":    "child | scope within: within",
			"managed-child":   "child | scope managed: managed",
			"by-hand-child":   "child | scope (inferred) by-hand: by_hand",
			"entered-child":   "child | scope (inferred) entered: entered",
			"attribute-child": "child | scope (inferred) attribute: attribute",
			"shared-child":    "child | scope (inferred) shared: attribute",
			"starting-child":  "child | scope (inferred) starting: starting",
			"leaving-child":   "child | scope (inferred) leaving: leaving",
			"popping-child":   "child | scope popping: popping",
			"closing-child":   "child | scope closing: closed_over, closing",
			"raising-child":   "cleans_up, refuses | scope raising: raising",
			"running-inner":   "child | scope running-starter: starter | scope running: running",
			"field-child":     "child",
		})
		compare(t, "the wait", s.waits, map[string]string{
			"leaving": "task group(leaving-child)",
			"popping": "task group(popping-child)",
			"closing": "task group(closing-child)",
			"raising": "task group(raising-child)",
		})
		var failed []string
		for _, g := range s.Groups {
			if g.Owner == s.task("stranger").ID {
				t.Errorf("stranger owns the group of %s", s.names(g.Members))
			}
			if g.Error != nil {
				failed = append(failed, s.name(g.Owner)+": "+g.Error.Type+" "+g.Error.Message)
			}
		}
		if want := []string{"raising: KeyError 'lost'"}; !slices.Equal(failed, want) {
			t.Errorf("the groups that were brought down are %q, want %q", failed, want)
		}
	})
}

// A class of the program's own that keeps its tasks is a group, by a guess.
func TestSupervisors(t *testing.T) {
	eachPython(t, 8, "supervisors.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the backtrace", s.where, map[string]string{
			"kept-0":  "work | scope (inferred) opener: supervises",
			"kept-1":  "work | scope (inferred) opener: supervises",
			"by-name": "work | join (inferred) joiner: Supervisor.join, joins",
			"watched": "work",
		})
		compare(t, "the wait", s.waits, map[string]string{
			"joiner": "task group(by-name) (inferred)",
		})
		for _, name := range []string{"watched", "main"} {
			if groups := s.task(name).Groups; len(groups) > 0 {
				t.Errorf("%s is in the groups %v", name, groups)
			}
		}
	})
}
