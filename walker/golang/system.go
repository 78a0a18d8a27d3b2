package golang

import "strings"

// role is what a goroutine is there for, by its first function.
type role uint8

const (
	ofUsers role = iota // runs the program
	ofRuntime
	runsFinalizers // the runtime's, unless it is just at one
	runsCleanups
)

// isSystem tells the runtime's own goroutines from the user's by the rule of
// the runtime's tracebacks: those whose first function is the runtime's, but
// for main, iter.Pull's coroutines, and the finalizer and cleanup goroutines
// while they run the user's code.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/traceback.go#L1414
func (w *walk) isSystem(g *goroutine) bool {
	r, known := w.roles[g.startpc]
	if !known {
		r = w.roleOf(g.startpc)
		w.roles[g.startpc] = r
	}
	switch r {
	case runsFinalizers:
		return !w.callsOut(g)
	case runsCleanups:
		return !g.cleaning
	}
	return r == ofRuntime
}

func (w *walk) roleOf(startpc uint64) role {
	fn, _ := w.function(startpc)
	switch fn {
	case "runtime.main", "runtime.corostart", "runtime.handleAsyncEvent":
		return ofUsers
	case "runtime.runFinalizers", "runtime.runfinq":
		return runsFinalizers
	case "runtime.runCleanups":
		return runsCleanups
	}
	if strings.HasPrefix(fn, "runtime.") {
		return ofRuntime
	}
	return ofUsers
}

// callsOut tells whether a goroutine of the runtime's runs somebody else's code.
func (w *walk) callsOut(g *goroutine) bool {
	for _, f := range w.shape(g).frames {
		if f.Module != "runtime" && f.Module != "" {
			return true
		}
	}
	return false
}
