package golang

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// liveSearch collects the words on stacks that their goroutines may still use:
// of those that are parked by the compiler's stack maps, frame by frame, as the
// collector does; of those that run every word, and likewise of frames that no
// map is for. https://github.com/golang/go/blob/go1.26.0/src/runtime/mgcmark.go#L887
type liveSearch struct {
	*reach
	unwinder *unwind.Unwinder
	frames   []unwind.Frame
	words    []uint64
	objects  []stackObject
	doubts   []string
}

// stackObject is a variable on a stack whose address was taken: it is in use
// when a word leads to it.
type stackObject struct {
	start, end, pointers uint64
	taken                bool
}

func (l *liveSearch) unsure(format string, args ...any) {
	if len(l.doubts) == 0 {
		l.doubts = append(l.doubts, fmt.Sprintf(format, args...))
	}
}

// add adds one goroutine's.
func (l *liveSearch) add(g *goroutine) {
	if g.stack == nil {
		l.addWhole(g)
		return
	}
	// Of a stack that is being moved, by its goroutine or the collector, the words
	// are right, but those that lead into it may lead into the old one:
	// https://github.com/golang/go/blob/go1.26.0/src/runtime/stack.go#L899
	moving := g.status == gCopystack || g.scanned
	from := len(l.words)
	l.objects = l.objects[:0]
	if moving || g.status == gRunning || g.interrupted || g.panicking != 0 || !l.addFrames(g) {
		l.words = l.words[:from]
		l.addAll(g, g.sp, g.hi)
		return
	}
	l.addDefers(g)
	l.addObjects(g, from)
}

// addWhole adds every word of a stack of which it is not known where its
// goroutine stands: in code of the race detector's, say.
func (l *liveSearch) addWhole(g *goroutine) {
	if g.lo < g.hi && g.hi-g.lo <= maxStack {
		if b, err := l.read(g.lo, int(g.hi-g.lo)); err == nil {
			for ; len(b) >= 8; b = b[8:] {
				l.words = append(l.words, le.Uint64(b))
			}
			return
		}
	}
	l.unsure("the stack of a goroutine could not be read")
}

// addAll adds every word between two addresses of a stack.
func (l *liveSearch) addAll(g *goroutine, from, to uint64) {
	for a := from; a+8 <= to; a += 8 {
		v, ok := g.stackWord(a)
		if !ok {
			return
		}
		if v != 0 {
			l.words = append(l.words, v)
		}
	}
}

// addFrames adds the words of all frames that are live; false when the stack
// could not be followed to its end.
func (l *liveSearch) addFrames(g *goroutine) bool {
	var end unwind.End
	l.frames, end = l.unwindWith(l.unwinder, g, l.frames[:0])
	if end.Reason != unwind.Complete || len(l.frames) >= walker.MaxDepth {
		return false
	}
	guess := false // the arguments of the frame below are not known: they lie in this one
	for _, f := range l.frames {
		if f.CFA == 0 {
			continue // the outermost
		}
		var live *pclntab.Live
		var err error
		unknown := f.Func == nil || f.Func.Args == pclntab.ArgsUnknown
		if !unknown && !guess && !keepsRegisters(f) {
			live, err = f.Live()
		}
		if live == nil || err != nil {
			l.addAll(g, f.SP, f.CFA)
			guess = unknown
			continue
		}
		guess = live.ArgsUnknown
		for _, off := range live.Slots {
			if v, ok := g.stackWord(f.CFA + uint64(int64(off))); ok && v != 0 {
				l.words = append(l.words, v)
			}
		}
		for _, o := range live.Objects {
			start := f.CFA + uint64(int64(o.Offset))
			l.objects = append(l.objects, stackObject{start, start + uint64(o.Size), uint64(o.PtrBytes), false})
		}
	}
	return true
}

// keepsRegisters tells whether a frame was interrupted anywhere, or has the
// registers of one that was.
func keepsRegisters(f unwind.Frame) bool {
	return f.Trap || f.Dead || f.Func.ID == pclntab.AsyncPreempt || f.Func.ID == pclntab.DebugCall
}

// addDefers adds the deferred calls of a goroutine that are in its list, and
// what they call.
func (l *liveSearch) addDefers(g *goroutine) {
	d, n := g.deferred, 0
	for ; d != 0 && n < maxDefers; n++ {
		l.words = append(l.words, d)
		lay := &l.lay.deferred
		word := func(f field) (uint64, bool) {
			if v, ok := g.stackWord(d + uint64(f.off)); ok {
				return v, true
			}
			b, err := l.read(d+uint64(f.off), 8)
			if err != nil {
				return 0, false
			}
			return le.Uint64(b), true
		}
		fn, ok := word(lay.fn)
		next, ok2 := word(lay.link)
		if !ok || !ok2 {
			l.unsure("a deferred call could not be read")
			return
		}
		l.words, d = append(l.words, fn), next
	}
	if d != 0 {
		l.unsure("a goroutine has more than %d deferred calls", maxDefers)
	}
}

// addObjects adds what the variables hold that the words from an index on lead
// to, and so on.
func (l *liveSearch) addObjects(g *goroutine, from int) {
	if len(l.objects) == 0 {
		return
	}
	slices.SortFunc(l.objects, func(a, b stackObject) int { return cmp.Compare(a.start, b.start) })
	for i := from; i < len(l.words); i++ {
		v := l.words[i]
		if v < g.sp || v >= g.hi {
			continue
		}
		j, found := slices.BinarySearchFunc(l.objects, v, func(o stackObject, v uint64) int { return cmp.Compare(o.start, v) })
		if !found {
			j--
		}
		// Frames that a hostile stack overlays may make objects overlap: any that
		// has the address is taken.
		for ; j >= 0 && j < len(l.objects); j++ {
			o := &l.objects[j]
			if o.start > v {
				break
			}
			if !o.taken && v < o.end {
				o.taken = true
				l.addAll(g, o.start, o.start+o.pointers)
			}
		}
	}
}
