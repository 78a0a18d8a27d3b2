package layout

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
)

// checkInterpreter holds a fact that hangs on the first interpreter against
// its memory.
func (f fact) checkInterpreter(t *testing.T, img *dlvext.Image, l *Layout, runtime uint64) {
	t.Helper()
	interp := load(t, img, runtime+uint64(l.Runtime.InterpretersHead), 8)
	if id := load(t, img, interp+uint64(l.Interp.ID), 8); id != 0 {
		t.Errorf("the first interpreter is number %d", id)
	}
	var values []uint64 // one of them must be it
	switch f.steps[0] {
	case "modules":
		values = []uint64{load(t, img, interp+uint64(l.Interp.Modules), 8)}
	case "collected":
		values = collected(t, img, l, runtime, interp, f.value)
	default:
		for _, thread := range list(t, img, load(t, img, interp+uint64(l.Interp.ThreadsHead), 8), l.Thread.Next) {
			switch f.steps[0] {
			case "frame":
				values = append(values, frameCode(t, img, l, thread))
			case "tasks":
				head := thread + uint64(l.Thread.AsyncioTasks)
				for _, node := range list(t, img, load(t, img, head, 8), 0, head) {
					values = append(values, node-uint64(l.Task.Node))
				}
			case "thread":
				values = append(values, load(t, img, thread+uint64(number(t, l, f.steps[1])), 8))
			}
		}
	}
	for _, v := range values {
		if v == f.value {
			return
		}
	}
	t.Errorf("%s: none of %d is %#x", strings.Join(f.steps, " "), len(values), f.value)
}

// list follows pointers from an address until 0 or one of the ends.
func list(t *testing.T, img *dlvext.Image, addr uint64, next int, ends ...uint64) []uint64 {
	t.Helper()
	var all []uint64
	for addr != 0 && len(all) < 1<<20 {
		for _, end := range ends {
			if addr == end {
				return all
			}
		}
		all = append(all, addr)
		addr = load(t, img, addr+uint64(next), 8) &^ 3
	}
	return all
}

// collected looks for an object in the lists of the garbage collector.
func collected(t *testing.T, img *dlvext.Image, l *Layout, runtime, interp, object uint64) []uint64 {
	t.Helper()
	state := runtime + uint64(l.GC.Runtime)
	if l.GC.Runtime == Absent {
		state = interp + uint64(l.Interp.GC)
	}
	var all []uint64
	for n := range l.GC.Count {
		head := state + uint64(l.GC.Generations+n*l.GC.Generation)
		for _, at := range list(t, img, load(t, img, head, 8)&^3, 0, head) {
			if at+uint64(l.GC.Header) == object {
				return []uint64{object}
			}
			all = append(all, at)
		}
	}
	return all
}

// frameCode is the code of the innermost Python function of a thread.
func frameCode(t *testing.T, img *dlvext.Image, l *Layout, thread uint64) uint64 {
	t.Helper()
	var frame uint64
	switch {
	case l.Thread.Frame != Absent:
		frame = load(t, img, thread+uint64(l.Thread.Frame), 8)
	case l.Thread.CFrame != Absent:
		frame = load(t, img, load(t, img, thread+uint64(l.Thread.CFrame), 8)+uint64(l.Thread.CFrameCurrent), 8)
	default:
		frame = load(t, img, thread+uint64(l.Thread.CurrentFrame), 8)
	}
	for frame != 0 && l.Frame.Owner != Absent && load(t, img, frame+uint64(l.Frame.Owner), 1) >= OwnedByCStack {
		frame = load(t, img, frame+uint64(l.Frame.Previous), 8)
	}
	if frame == 0 {
		return 0
	}
	code := load(t, img, frame+uint64(l.Frame.Code), 8)
	if l.Frame.Tagged {
		code &^= 3
	}
	return code
}
