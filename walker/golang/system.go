package golang

import "strings"

// isSystem tells the runtime's own goroutines from the user's by the rule of
// the runtime's tracebacks: those whose first function is the runtime's, but
// for main, iter.Pull's coroutines, and the finalizer and cleanup goroutines
// while they run the user's code.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/traceback.go#L1414
func (w *walk) isSystem(g *goroutine) bool {
	fn, ok := w.function(g.startpc)
	if !ok {
		return false
	}
	switch fn {
	case "runtime.main", "runtime.corostart", "runtime.handleAsyncEvent":
		return false
	case "runtime.runFinalizers", "runtime.runfinq":
		return !w.callsOut(g)
	case "runtime.runCleanups":
		return !g.cleaning
	}
	return strings.HasPrefix(fn, "runtime.")
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
