package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// found are the problems of a code, a line each: how bad, the message without
// addresses, how many tasks and how many behind.
func found(s *graph.Snapshot, code string) string {
	var b strings.Builder
	for _, p := range s.Problems {
		if p.Code == code {
			fmt.Fprintf(&b, "\n%s: %s (%d, %d behind)", p.Severity, p.Message, len(p.Tasks), len(p.Queued))
		}
	}
	return b.String()
}

func checkFound(t *testing.T, s *graph.Snapshot, code, want string) {
	t.Helper()
	if diff := cmp.Diff(want, found(s, code)); diff != "" {
		t.Errorf("%s: %s", code, diff)
	}
}

func TestPoolsThatAreUsedUp(t *testing.T) {
	b := graph.NewBuilder("test")
	pool := func(addr uint64, kind string, size, heldNow int64, waiters, amount int, holders ...graph.TaskID) {
		r := held(b, addr, inferred, holders...)
		r.Kind, r.Type = kind, "example.com/"+kind+".Pool"
		r.Detail = []graph.Attr{{Key: "size", Value: size}, {Key: "held", Value: heldNow}}
		for i := range waiters {
			b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", addr+uint64(i))),
				graph.Wait{Kind: graph.WaitSemaphore, Resource: r.ID, Amount: int32(amount), Evidence: proven}, frames("want")...))
		}
	}
	pool(100, "semaphore", 4, 4, 3, 0, "go:1", "go:2")
	pool(200, "semaphore", 10, 8, 1, 4)
	pool(300, "semaphore", 10, 8, 1, 1)        // it is about to have it
	pool(400, "semaphore", 1, 1, 5, 0, "go:1") // a lock
	pool(500, "sql.DB", 2, 2, 2, 0, "go:1", "go:2")
	pool(600, "semaphore", 4, 4, 0, 0, "go:1") // nobody minds
	full := func(addr uint64, capacity int64, holders ...graph.TaskID) {
		r := held(b, addr, inferred, holders...)
		r.Kind, r.Detail = "chan", []graph.Attr{{Key: "len", Value: capacity}, {Key: "cap", Value: capacity}}
		b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", addr)), graph.Wait{Kind: graph.WaitChanSend, Resource: r.ID, Evidence: proven}))
	}
	full(700, 8, "go:1", "go:2")
	full(800, 0, "go:1")             // has no room for any
	full(900, 8)                     // nobody is known
	full(1000, 8, "go:1", "go:1000") // a sender of itself
	full(1100, 8)                    // the second of those who can get at it sends
	for _, id := range []graph.TaskID{"go:1", "go:1100"} {
		b.Reached(b.Resource("chan", 1100), graph.Holder{Task: id, Evidence: inferred})
	}
	s := sealed(t, b, running("go:1", &graph.Frame{Func: "main.work", Origin: graph.OriginUser}), waiting("go:2", graph.Wait{Kind: graph.WaitNetwork}))
	checkFound(t, s, "pool-saturated", `
warning: sql.DB.Pool 0x1f4 is used up: 2 of 2 taken, and 2 tasks wait (2, 2 behind)
info: semaphore.Pool 0xc8 is used up: 8 of 10 taken, and 1 task waits; who has a share is not known (0, 1 behind)
info: chan 0x44c is full (8): the task that serves it, as far as is known, does something else, and 1 task waits to send (1, 1 behind)
info: chan 0x2bc is full (8): the 2 tasks that serve it, as far as is known, do something else, and 1 task waits to send (2, 1 behind)
info: semaphore.Pool 0x64 is used up: 4 of 4 taken, and 3 tasks wait; of those who have a share 2 are known (2, 3 behind)`)
}

func TestPileups(t *testing.T) {
	at := &graph.Frame{Func: "example.com/lib.Start", Module: "example.com/lib", File: "/lib/start.go", Line: 7, Origin: graph.OriginLibrary}
	own := &graph.Frame{Func: "main.spawn", Module: "main", File: "/main.go", Line: 9, Origin: graph.OriginUser}
	build := func(n int, leak bool) *graph.Snapshot {
		b := graph.NewBuilder("test")
		var leaked []graph.TaskID
		for i := range n {
			task := waiting(graph.TaskID(fmt.Sprintf("go:%d", i+1)), graph.Wait{Kind: graph.WaitSleep}, frames("sleep", "began")...)
			switch i % 3 {
			case 0:
				task.CreatedBy = &graph.Creation{At: at}
			case 1:
				task.CreatedBy = &graph.Creation{At: at, User: own}
				leaked = append(leaked, task.ID)
			}
			b.Task(task)
		}
		if leak {
			b.Problem(&graph.Problem{Code: "leak", Severity: graph.Error, Message: "they leak", Tasks: leaked})
		}
		return b.Seal()
	}
	checkFound(t, build(2_997, false), "task-pileup", "")
	s := build(3_300, false)
	checkFound(t, s, "task-pileup", `
info: 1100 tasks were started at example.com/lib.Start (start.go:7), in the library example.com/lib (1000, 0 behind)
info: 1100 tasks were started at main.spawn (main.go:9) (1000, 0 behind)
info: 1100 tasks began in main.began (1000, 0 behind)`)
	prints := func(s *graph.Snapshot) (all []string) {
		for _, p := range s.Problems {
			all = append(all, p.Fingerprint)
		}
		return all
	}
	if more := prints(build(6_000, false)); !slices.Equal(prints(s), more) {
		t.Errorf("of more tasks the fingerprints are %v, want %v", more, prints(s))
	}
	// What is worse than that there are many is said alone.
	checkFound(t, build(3_300, true), "task-pileup", `
info: 1100 tasks were started at example.com/lib.Start (start.go:7), in the library example.com/lib (1000, 0 behind)
info: 1100 tasks began in main.began (1000, 0 behind)`)
}
