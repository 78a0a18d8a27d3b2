package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// runtimeTurns are what the runtime's own code waits for a semaphore for, by the
// function that does: a goroutine that allocates comes there while garbage is being
// collected. In words like those of the runtime's wait reasons.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mgc.go#L772
// https://github.com/golang/go/blob/go1.26.0/src/runtime/proc.go#L1533
var runtimeTurns = map[string]string{
	"runtime.gcStart":        "wait for GC start",
	"runtime.gcMarkDone":     "wait for GC mark end",
	"runtime.stopTheWorld":   "wait to stop the world",
	"runtime.stopTheWorldGC": "wait to stop the world",
}

// runtimeTurn tells what these calls wait for a semaphore of the runtime's own for;
// empty: it is another's. semacquire is for the runtime alone; packages sync and
// internal/poll have entries of their own.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/sema.go#L142
func runtimeTurn(frames []*graph.Frame) string {
	for i, f := range frames {
		if !strings.HasPrefix(f.Func, "runtime.") {
			break
		}
		if f.Func != "runtime.semacquire" || i+1 == len(frames) {
			continue
		}
		caller := frames[i+1].Func
		if turn := runtimeTurns[caller]; turn != "" {
			return turn
		}
		return "wait for the runtime, in " + caller
	}
	return ""
}
