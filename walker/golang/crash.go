package golang

import (
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// crash is what a core's crashed thread tells of the end: on which
// goroutine's behalf it ran, and the runtime's functions on its stack.
type crash struct {
	goroutine *goroutine // nil: none's
	fatal     string     // text of a fatal error; empty: none was found
	dying     map[string]bool
}

// readCrash looks at the thread that a core says the process died in.
func (c *collection) readCrash() {
	if c.img.Signal == nil {
		return
	}
	c.crash = &crash{dying: map[string]bool{}}
	tid := c.img.Signal.TID
	for _, g := range c.goroutines {
		if int(g.thread) == tid && tid != 0 && !parked(g.status) {
			c.crash.goroutine = g
		}
	}
	if g := c.crash.goroutine; g != nil {
		c.note(c.framesOf(g), unwind.Stack{Lo: g.sp, Data: g.stack})
	}
	frames, stacks := c.threadFrames(tid)
	c.note(frames, stacks...)
}

// note remembers which functions stand on a stack, and the text of a fatal
// error that one of them was called with.
func (c *collection) note(frames []unwind.Frame, stacks ...unwind.Stack) {
	for _, f := range frames {
		if f.Func == nil {
			continue
		}
		c.crash.dying[f.Func.Name] = true
		if name := f.Func.Name; c.crash.fatal == "" && (name == "runtime.throw" || name == "runtime.fatal") {
			// Its one argument is a string, which the closure that prints it
			// has in this frame; or it was spilled above it.
			for _, s := range stacks {
				if text := c.textIn(s, f.SP, f.CFA+16); text != "" {
					c.crash.fatal = text
				}
			}
		}
	}
}

// textIn finds a constant string's header among the words of [from, to): a
// pointer into read-only data, and a length that fits what it points to.
func (c *collection) textIn(s unwind.Stack, from, to uint64) string {
	for a := from; a+16 <= to; a += 8 {
		i := a - s.Lo
		if a < s.Lo || i+16 > uint64(len(s.Data)) {
			return ""
		}
		p, n := le.Uint64(s.Data[i:]), le.Uint64(s.Data[i+8:])
		if p < c.modules[0].data.ROData || n < 4 || n > walker.MaxString || !c.readOnly(p, int(n)) {
			continue
		}
		if b, err := c.read(p, int(n)); err == nil && printable(b) {
			return string(b)
		}
	}
	return ""
}

// readOnly tells whether a module's file holds n bytes at p that nobody writes.
func (c *collection) readOnly(p uint64, n int) bool {
	m := c.img.ModuleAt(p)
	return m != nil && m.ReadOnly(p, n)
}

func printable(b []byte) bool {
	for _, x := range b {
		if x < ' ' || x > '~' {
			return false
		}
	}
	return true
}

// maxThreadStack bounds how much of a thread's own stack is looked at.
const maxThreadStack = 1 << 18

// threadFrames unwinds the stack that a thread stands on, whosever it is: its
// own, g0, for the runtime's business, or that for signals, and then on to
// its own. It returns the stacks that were read too.
func (c *collection) threadFrames(tid int) ([]unwind.Frame, []unwind.Stack) {
	regs := c.threads[tid]
	start := unwind.Start{PC: regs.PC(), SP: regs.SP(), BP: regs.FP(), LR: regs.LR(), Trap: true}
	for n := maxThreadStack; n >= 1024 && start.Stack.Data == nil; n /= 2 { // up to where it ends
		if b, err := c.read(start.SP, n); err == nil {
			start.Stack = unwind.Stack{Lo: start.SP, Data: b}
		}
	}
	if start.Stack.Data == nil {
		return nil, nil
	}
	stacks := []unwind.Stack{start.Stack}
	if own, ok := c.ownStack(tid); ok {
		start.Next = &unwind.Start{Stack: own}
		stacks = append(stacks, own)
	}
	frames, _ := c.unwinder.Stack(start, nil, 256)
	return frames, stacks
}

// ownStack reads a thread's own stack, that of its m's g0. What it runs at the
// moment is in thread-local storage, a word below the base on amd64:
// https://github.com/golang/go/blob/go1.26.0/src/cmd/link/internal/ld/sym.go#L73
func (c *collection) ownStack(tid int) (unwind.Stack, bool) {
	follow := func(addr uint64, size int) []byte {
		b, err := c.read(addr, size)
		if err != nil {
			return make([]byte, size) // all of whose fields are 0
		}
		return b
	}
	tls := c.threads[tid].TLS()
	if tls == 0 || c.img.Arch != "amd64" {
		return unwind.Stack{}, false
	}
	g := follow(le.Uint64(follow(tls-8, 8)), c.lay.g.size)
	m := follow(c.lay.g.m.of(g), c.lay.m.size)
	if c.lay.m.procid.of(m) != uint64(tid) {
		return unwind.Stack{}, false
	}
	g0 := follow(c.lay.m.g0.of(m), c.lay.g.size)
	lo, hi := c.lay.g.lo.of(g0), c.lay.g.hi.of(g0)
	if hi <= lo {
		return unwind.Stack{}, false
	}
	// One that the C library made has room below that was never used.
	for n := min(hi-lo, maxThreadStack); n >= 1024; n /= 2 {
		if b, err := c.read(hi-n, int(n)); err == nil {
			return unwind.Stack{Lo: hi - n, Data: b}, true
		}
	}
	return unwind.Stack{}, false
}

// describeCrash says why the process died, as far as the runtime knows.
func (w *walk) describeCrash() {
	c := w.crash
	if c == nil {
		return
	}
	d := graph.Death{Kind: "signal"}
	if c.goroutine != nil {
		d.Task = taskID(c.goroutine.id)
	}
	if c.goroutine != nil {
		for _, p := range w.unwinding[c.goroutine].panics {
			d.Chain = append(d.Chain, p.text())
		}
	}
	switch {
	case len(d.Chain) > 0 && (c.dying["runtime.gopanic"] || c.dying["runtime.fatalpanic"]):
		d.Kind, d.Message = "panic", d.Chain[0]
	case c.fatal != "" || c.dying["runtime.fatalthrow"]:
		d.Kind, d.Message, d.Chain = "fatal", c.fatal, nil
	default:
		d.Chain = nil
	}
	w.b.Death(d)
}
