package golang

import (
	"fmt"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Bounds of the variables of one walk. Delve takes a fraction of a millisecond
// for a frame, and a second or more before the first one.
const (
	localsTime   = 20 * time.Second
	localsFrames = 64 // of one goroutine, innermost first
	localsOne    = 64 // variables of one frame
	localsText   = 400
)

// localBounds are what is read of one variable.
var localBounds = dlvext.Bounds{Depth: 2, String: 100, Array: 8, Fields: 16}

// localsBudget counts what the variables have cost.
type localsBudget struct {
	until       time.Time
	with, total int // goroutines
	err         error
}

// addLocals gives a task frames of its own with the variables that are in
// scope in them. The runtime's own goroutines and frames go without.
func (w *walk) addLocals(t *graph.Task, g *goroutine) {
	if t.System || len(t.Frames) == 0 {
		return
	}
	budget := &w.locals
	budget.total++
	now := time.Now()
	if budget.until.IsZero() {
		budget.until = now.Add(localsTime)
	}
	if now.After(budget.until) {
		return
	}
	bounds := localBounds
	bounds.Redact = w.options.Redact
	have, err := w.img.StackLocals(int64(g.id), localsFrames, bounds)
	if err != nil && len(have) == 0 {
		budget.err = err
		return
	}
	budget.with++
	frames := make([]*graph.Frame, len(t.Frames))
	for i, f := range t.Frames {
		frames[i] = f
		at := 0
		for at < len(have) && (have[at].Func != f.Func || have[at].PC != f.PC) {
			at++ // Delve has the compiler's wrappers too
		}
		if at == len(have) {
			continue
		}
		found := have[at]
		have = have[at+1:]
		if f.Hidden || len(found.Vars) == 0 {
			continue
		}
		own := *f
		own.Locals = localsOf(found.Vars)
		frames[i] = &own
	}
	t.Frames = frames
}

// localsOf puts variables into words. One that cannot be read says so:
// optimised code keeps many of them nowhere.
func localsOf(vars []dlvext.Variable) []graph.Local {
	locals := make([]graph.Local, 0, min(len(vars), localsOne))
	for _, v := range vars[:min(len(vars), localsOne)] {
		l := graph.Local{Name: v.Name, Type: v.Type, Value: v.Text}
		if v.Unreadable != "" {
			l.Value = "(not known: " + plainReason(v.Unreadable) + ")"
		}
		if len(l.Value) > localsText {
			l.Value = l.Value[:localsText] + "…"
		}
		locals = append(locals, l)
	}
	return locals
}

// plainReason says in plain words why Delve could not read a variable.
func plainReason(why string) string {
	if strings.Contains(why, "loclist") || strings.Contains(why, "OP stack") {
		return "optimised away"
	}
	return why
}

// reportLocals says of how many goroutines the variables are missing.
func (w *walk) reportLocals() {
	l := &w.locals
	if l.with == l.total {
		return
	}
	message := fmt.Sprintf("the variables of %d of %d goroutines were not read: it took longer than %v", l.total-l.with, l.total, localsTime)
	if l.err != nil {
		message = fmt.Sprintf("the variables of %d of %d goroutines could not be read: %v", l.total-l.with, l.total, l.err)
	}
	w.b.Problem(&graph.Problem{Code: "truncated", Severity: graph.Info, Message: message})
}
