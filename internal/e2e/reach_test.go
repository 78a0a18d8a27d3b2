package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Who leaked is said to have, and nobody else: whatever keeps a channel alive,
// a timer, a finalizer, a register, a deferred call, a chain of others.
func TestWhoCanBeReached(t *testing.T) {
	t.Parallel()
	var builds []testtarget.Options
	for _, toolchain := range testtarget.Toolchains {
		builds = append(builds, testtarget.Options{Toolchain: toolchain})
	}
	if testtarget.Full() {
		for _, toolchain := range testtarget.Older {
			builds = append(builds, testtarget.Options{Toolchain: toolchain})
		}
		builds = append(builds, testtarget.Options{PIE: true}, testtarget.Options{NoOpt: true}, testtarget.Options{Race: true},
			testtarget.Options{CGO: true}, testtarget.Options{Flags: []string{"-ldflags=-w"}})
	}
	for _, o := range builds {
		t.Run(o.Name(), func(t *testing.T) {
			tg := testtarget.Start(t, testtarget.Build(t, "reach", o))
			looks := map[string]*graph.Snapshot{"attach": wholeAttach(t, tg)}
			if testtarget.Full() {
				looks["gcore"] = gcore(t, tg)
			}
			for name, s := range looks {
				var stuck, kept []string
				told := map[graph.TaskID]bool{}
				for _, p := range s.Problems {
					for _, id := range slices.Concat(p.Tasks, p.Queued) {
						switch task := s.Task(id).Name; {
						case p.Code == "held-by-global":
							kept = append(kept, task)
						case (p.Code == "leak" || strings.Contains(p.Code, "deadlock")) && !told[id]:
							told[id] = true
							stuck = append(stuck, task)
						}
					}
				}
				missed := 0
				for _, task := range s.Tasks {
					marked := slices.ContainsFunc(task.Detail, func(a graph.Attr) bool { return a.Key == "reported_as_leaked" })
					if marked && !told[task.ID] {
						t.Errorf("%s: the runtime found %s, and it is not found", name, task.Name)
					} else if !marked && told[task.ID] {
						missed++
					}
				}
				t.Logf("%s: the runtime marked all but %d of %d", name, missed, len(stuck))
				slices.Sort(stuck)
				slices.Sort(kept)
				want := []string{
					"main.deferTwice", "main.lostBehindLock", "main.lostByDeferred", "main.lostCaptured.func1", "main.lostCaptured.func1",
					"main.lostCaptured.func1", "main.lostCond", "main.lostResponse.func1", "main.lostRing", "main.lostRing", "main.lostWaitGroup",
				}
				if diff := cmp.Diff(want, stuck); diff != "" {
					t.Errorf("%s: who leaked (-want +got):\n%s", name, diff)
				}
				if diff := cmp.Diff([]string{"main.globalSubscriber", "main.globalSubscriber"}, kept); diff != "" {
					t.Errorf("%s: whom only a variable leads to (-want +got):\n%s", name, diff)
				}
				for _, r := range s.Runtimes {
					for _, note := range r.Notes {
						if strings.HasPrefix(note, "whether goroutines leaked") {
							t.Errorf("%s: %s", name, note)
						}
					}
				}
				served := couldServe(s)
				for _, pair := range []string{
					"main.waits by main.sleeps", "main.waits by main.reads", "main.waits by main.deferred",
					"main.chained by main.sleeps", "main.chained by main.chained", "main.waits by main.chained",
				} {
					if !served[pair] {
						t.Errorf("%s: nothing says that %s could be woken", name, pair)
					}
				}
				for pair := range served {
					if strings.Contains(pair, "main.lost") {
						t.Errorf("%s: %s could be woken", name, pair)
					}
				}
			}
		})
	}
}

// couldServe are who waits on a channel, and who could serve that.
func couldServe(s *graph.Snapshot) map[string]bool {
	pairs := map[string]bool{}
	for _, task := range s.Tasks {
		if len(task.Waits) == 0 {
			continue
		}
		r := s.Resource(task.Waits[0].Resource)
		if r != nil && !slices.Contains(r.Detail, graph.Attr{Key: graph.DetailOutOfReach, Value: true}) {
			for _, h := range s.Reached(r) {
				pairs[task.Name+" by "+s.Task(h.Task).Name] = true
			}
		}
	}
	return pairs
}

// In a program that collects garbage, moves stacks and passes values on without
// pause, those who stand still have leaked, and nobody else, whatever the moment.
func TestNobodyLeaksInAChurn(t *testing.T) {
	t.Parallel()
	looks := 10
	toolchains := []string{""}
	if testtarget.Full() {
		looks, toolchains = 100, append(slices.Clone(testtarget.Toolchains), testtarget.Older...)
	}
	for _, toolchain := range toolchains {
		t.Run(toolchain, func(t *testing.T) {
			tg := testtarget.Start(t, testtarget.Build(t, "churn", testtarget.Options{Toolchain: toolchain}))
			known := 0
			for range looks {
				s := wholeAttach(t, tg)
				known++
				for _, r := range s.Runtimes {
					for _, note := range r.Notes {
						if strings.HasPrefix(note, "whether goroutines leaked") {
							t.Log(note)
							known--
						}
					}
				}
				for _, p := range s.Problems {
					if p.Code == "leak" && !(len(p.Tasks) == 3 && s.Task(p.Tasks[0]).Name == "main.still") {
						t.Errorf("%s: %v", p.Message, p.Tasks)
					}
				}
			}
			t.Logf("known in %d of %d", known, looks)
			if known == 0 {
				t.Error("it is never known whether somebody leaked")
			}
		})
	}
}
