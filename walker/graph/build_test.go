package graph_test

import (
	"fmt"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

var (
	proven   = graph.Evidence{Confidence: graph.Proven, How: "a field"}
	inferred = graph.Evidence{Confidence: graph.Inferred, How: "a stack word"}
)

// frames makes one frame for each name, innermost first.
func frames(names ...string) []*graph.Frame {
	var list []*graph.Frame
	for i, n := range names {
		list = append(list, &graph.Frame{Func: "main." + n, File: "/src/main.go", Line: 10 + i, Origin: graph.OriginUser})
	}
	return list
}

// waiting is a task that waits so in its innermost frame.
func waiting(id graph.TaskID, w graph.Wait, stack ...*graph.Frame) *graph.Task {
	return &graph.Task{ID: id, State: graph.StateWaiting, Frames: stack, Waits: []graph.Wait{w}}
}

// running is a task on a CPU.
func running(id graph.TaskID, stack ...*graph.Frame) *graph.Task {
	return &graph.Task{ID: id, State: graph.StateRunning, Frames: stack}
}

// awaits is a wait for the end of a task, on that of a group, locks one for a mutex.
func awaits(id graph.TaskID) graph.Wait {
	return graph.Wait{Kind: graph.WaitTask, Task: id, Evidence: proven}
}
func on(g *graph.Group) graph.Wait {
	return graph.Wait{Kind: graph.WaitWaitGroup, Group: g.ID, Evidence: proven}
}
func locks(r *graph.Resource) graph.Wait {
	return graph.Wait{Kind: graph.WaitMutex, Resource: r.ID, Evidence: proven}
}

func held(b *graph.Builder, addr uint64, e graph.Evidence, by ...graph.TaskID) *graph.Resource {
	r := b.Resource("mutex", addr)
	for _, id := range by {
		r.Holders = append(r.Holders, graph.Holder{Task: id, Evidence: e})
	}
	return r
}

func group(b *graph.Builder, addr uint64, members ...graph.TaskID) *graph.Group {
	g := b.Group("errgroup.Group", addr)
	g.Members, g.Evidence = members, proven
	return g
}

// sealed adds the tasks and seals, and checks what any snapshot must hold.
func sealed(t testing.TB, b *graph.Builder, tasks ...*graph.Task) *graph.Snapshot {
	t.Helper()
	for _, task := range tasks {
		b.Task(task)
	}
	s := b.Seal()
	if err := graph.Validate(s); err != nil {
		t.Fatal(err)
	}
	return s
}

// chain is n tasks, each of which waits for the next; the last runs.
func chain(n int) *graph.Snapshot {
	b := graph.NewBuilder("test")
	stack := frames("wait")
	for i := 1; i < n; i++ {
		b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", i)), awaits(graph.TaskID(fmt.Sprintf("go:%d", i+1))), stack...))
	}
	b.Task(running(graph.TaskID(fmt.Sprintf("go:%d", n)), stack...))
	return b.Seal()
}
