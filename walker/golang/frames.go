package golang

import (
	"slices"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// shape is the calls of all goroutines that stand at the same program
// counters: a hundred thousand goroutines often have a few dozen shapes.
type shape struct {
	frames []*graph.Frame // with inlined calls, innermost first
	last   []int32        // for each physical frame, the index in frames of its outermost call
	shown  int32          // the index of the innermost that is not plumbing
	name   string         // what people call who stands there; empty where no frame tells
	serves string         // as servedBy says

	kind    graph.WaitKind // for which library and phase were looked up last
	library *awaitable
	phase   string
}

// frameTable makes frames of program counters, each once.
type frameTable struct {
	program *program
	calls   map[site][]call
	shapes  map[string]*shape
	key     []byte
}

// call is one of the calls at a site.
type call struct {
	*graph.Frame
	id pclntab.FuncID
}

// site is a program counter, and whether it was interrupted there: otherwise
// it is where a call returns to.
type site struct {
	pc   uint64
	trap bool
}

func newFrameTable(p *program) *frameTable {
	return &frameTable{program: p, calls: map[site][]call{}, shapes: map[string]*shape{}}
}

// shape returns the calls of a goroutine's frames.
func (t *frameTable) shape(frames []unwind.Frame) *shape {
	t.key = appendKey(t.key[:0], frames)
	if s := t.shapes[string(t.key)]; s != nil {
		return s
	}
	s := &shape{}
	callee := pclntab.Normal
	for i, f := range frames {
		// Of a goroutine that never ran, or but its first instructions, the wrapper
		// of its first call is all there is, but for the runtime's end of it.
		begins := i == 0 && len(frames) <= 2
		for _, c := range t.at(f) {
			// The compiler's wrappers are nobody's calls, but for what
			// tracebacks show below a panic.
			if c.id != pclntab.Wrapper || !callee.HidesWrapper() || begins {
				s.frames = append(s.frames, c.Frame)
			}
			callee = c.id
		}
		s.last = append(s.last, int32(len(s.frames)-1))
	}
	s.shown, s.name, s.serves = firstShown(s.frames), nameOf(s.frames), servedBy(s.frames)
	t.shapes[string(t.key)] = s
	return s
}

// firstShown is the index of the innermost frame that is not plumbing.
func firstShown(frames []*graph.Frame) int32 {
	for i, f := range frames {
		if !f.Hidden {
			return int32(i)
		}
	}
	return 0
}

// nameOf is what people call a goroutine that stands there: the outermost of its
// calls that is of the user's own code, else of anybody's but the runtime's.
func nameOf(frames []*graph.Frame) string {
	name := ""
	for _, f := range slices.Backward(frames) {
		if f.Origin == graph.OriginUser {
			return f.Func
		}
		if name == "" && !f.Hidden {
			name = f.Func
		}
	}
	return name
}

// appendKey adds what tells the stacks of different shapes apart.
func appendKey(key []byte, frames []unwind.Frame) []byte {
	for _, f := range frames {
		pc := f.PC << 1
		if f.Trap {
			pc |= 1
		}
		key = le.AppendUint64(key, pc)
	}
	return key
}

// at returns the calls at one frame: those inlined there, then the function.
func (t *frameTable) at(f unwind.Frame) []call {
	k := site{f.PC, f.Trap}
	if out, ok := t.calls[k]; ok {
		return out
	}
	out := t.resolve(f)
	t.calls[k] = out
	return out
}

func (t *frameTable) resolve(f unwind.Frame) []call {
	if f.Func == nil {
		return []call{{Frame: &graph.Frame{PC: f.PC, Kind: graph.FrameNative}}}
	}
	calls, _ := f.Func.Calls(f.CallPC()) // an error leaves one call, without a line
	out := make([]call, 0, len(calls))
	for _, c := range calls {
		out = append(out, call{t.frame(c, f.PC), c.ID})
	}
	return out
}

// frame describes one call.
func (t *frameTable) frame(call pclntab.Call, pc uint64) *graph.Frame {
	pkg := packageOf(call.Func)
	f := &graph.Frame{
		Func: call.Func, Module: pkg, File: call.File, Line: call.Line, PC: pc,
		Origin: t.program.origins.of(pkg),
	}
	if call.Inlined {
		f.Kind = graph.FrameInlined
	}
	f.Hidden = plumbing(call.Func, pkg, f.Origin)
	return f
}

// creation describes the place of a go statement: the call at the return
// address that the runtime recorded, and the first of the user's own when
// that is a library's helper that was inlined there.
func (t *frameTable) creation(gopc uint64) (at, user *graph.Frame) {
	fn, ok := t.program.tables.Func(gopc - 1)
	if gopc == 0 || !ok {
		return nil, nil
	}
	calls := t.at(unwind.Frame{PC: gopc, Func: fn})
	at = calls[0].Frame
	for _, c := range calls {
		if c.Origin == graph.OriginUser {
			if c.Frame != at {
				user = c.Frame
			}
			break
		}
	}
	return at, user
}

// physicalFrames unwinds a goroutine's stack. It appends to dst, so that what
// looks at every goroutine can use one buffer for all.
func (c *collection) physicalFrames(g *goroutine, dst []unwind.Frame) ([]unwind.Frame, unwind.End) {
	return c.unwindSome(g, dst, walker.MaxDepth)
}

// unwindSome is physicalFrames for at most limit frames, the innermost.
func (c *collection) unwindSome(g *goroutine, dst []unwind.Frame, limit int) ([]unwind.Frame, unwind.End) {
	if g.stack == nil {
		return dst, unwind.End{}
	}
	return c.unwinder.Stack(g.start(), dst, limit)
}

// unwindWith is physicalFrames with an unwinder that nobody else uses.
func (c *collection) unwindWith(u *unwind.Unwinder, g *goroutine, dst []unwind.Frame) ([]unwind.Frame, unwind.End) {
	if g.stack == nil {
		return dst, unwind.End{}
	}
	return u.Stack(g.start(), dst, walker.MaxDepth)
}

// start is where a goroutine's frames begin.
func (g *goroutine) start() unwind.Start {
	return unwind.Start{
		PC: g.pc, SP: g.sp, BP: g.bp, Trap: g.interrupted, Syscall: g.status == gSyscall,
		Stack: unwind.Stack{Lo: g.sp, Data: g.stack}, Goroutine: true,
	}
}

// framesOf unwinds one goroutine's stack.
func (c *collection) framesOf(g *goroutine) []unwind.Frame {
	frames, _ := c.physicalFrames(g, nil)
	return frames
}

// frameOf is the innermost physical frame of a function.
func (c *collection) frameOf(g *goroutine, fn string) (unwind.Frame, bool) {
	for _, f := range c.framesOf(g) {
		if f.Func != nil && f.Func.Name == fn {
			return f, true
		}
	}
	return unwind.Frame{}, false
}

// wordsOf are all the words, live or not, of the innermost physical frames of
// some functions.
func (c *collection) wordsOf(g *goroutine, fns ...string) []uint64 {
	var words []uint64
	for _, fn := range fns {
		f, ok := c.frameOf(g, fn)
		for a := f.SP; ok && a < f.CFA; a += 8 {
			if v, ok := g.stackWord(a); ok && v != 0 {
				words = append(words, v)
			}
		}
	}
	return words
}
