package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// describeConditions says of a task what its state and wait do not: what the
// runtime is doing to the goroutine, on whose behalf it runs, that it panics.
func (w *walk) describeConditions(t *graph.Task, g *goroutine) {
	is := func(key string) { t.Detail = append(t.Detail, graph.Attr{Key: key, Value: true}) }
	switch g.status {
	case gCopystack:
		is("stack_being_moved")
	case gPreempted:
		is("preempted")
	case gLeaked:
		is("reported_as_leaked")
	}
	if g.woken {
		is("being_woken")
	}
	if g.scanned {
		is("stack_being_scanned")
	}
	if what := w.runs(g); what != "" {
		t.Detail = append(t.Detail, graph.Attr{Key: "runs", Value: what})
	}
	if by := w.startedBy(g); by != "" {
		t.Detail = append(t.Detail, graph.Attr{Key: "started_by", Value: by})
	}
	w.describeRequest(t, g)
	w.describeConn(t, g)
	w.describeBuffer(t, g)
	w.describeUnwinding(t, g)
}

// condition is the phase of a wait that no library has anything to say of.
func (w *walk) condition(g *goroutine) string {
	if u, ok := w.unwinding[g]; ok {
		if len(u.panics) > 0 {
			return "panicking"
		}
		return "in runtime.Goexit"
	}
	if what := w.runs(g); what != "" {
		return "in " + what
	}
	if g.woken {
		return "being woken"
	}
	return ""
}

// runs tells that a goroutine of the runtime's runs a finalizer or a cleanup of
// the program's. Up to Go 1.24 one goroutine runs both.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mfinal.go#L193
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mcleanup.go#L716
func (w *walk) runs(g *goroutine) string {
	switch fn := w.runner(g); fn {
	case "runtime.runFinalizers", "runtime.runfinq":
		if !w.callsOut(g) {
			return ""
		}
		for _, f := range w.shape(g).frames {
			if strings.HasPrefix(f.Func, "runtime.AddCleanup") {
				return "a cleanup"
			}
		}
		return "a finalizer"
	case "runtime.runCleanups":
		if g.cleaning {
			return "a cleanup"
		}
	}
	return ""
}

// startedBy tells of a goroutine that a library started when something came to
// pass what that was: who called for it is not recorded.
// https://github.com/golang/go/blob/go1.26.0/src/time/sleep.go#L214
// https://github.com/golang/go/blob/go1.26.0/src/context/context.go#L359
func (w *walk) startedBy(g *goroutine) string {
	by, known := w.starters[g.gopc]
	if known {
		return by
	}
	at, _ := w.frames.creation(g.gopc)
	switch {
	case at == nil:
	case at.Func == "time.goFunc":
		by = "the timer of a time.AfterFunc"
	case strings.HasPrefix(at.Func, "context.(*afterFuncCtx).cancel"):
		by = "the end of the context of a context.AfterFunc"
	}
	w.starters[g.gopc] = by
	return by
}

// runner is the first function of a goroutine of the runtime's that runs the
// program's; empty for all others.
func (w *walk) runner(g *goroutine) string {
	fn, known := w.runners[g.startpc]
	if !known {
		switch fn, _ = w.function(g.startpc); fn {
		case "runtime.runFinalizers", "runtime.runfinq", "runtime.runCleanups":
		default:
			fn = ""
		}
		w.runners[g.startpc] = fn
	}
	return fn
}
