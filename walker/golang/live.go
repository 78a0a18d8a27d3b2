package golang

import "github.com/dlv-async/dlv-async/walker/golang/unwind"

// liveWords are the pointers in a frame that its function will still use, as
// the compiler's stack maps tell: those in its slots, and those in its
// address-taken variables that such a pointer leads to (a deferred call's
// closure is one), and what its pending deferred calls are of. Any other word
// in the frame may be left over from something else.
func (c *collection) liveWords(g *goroutine, f unwind.Frame) []uint64 {
	live, err := f.Live()
	if err != nil {
		return nil
	}
	var words []uint64
	for _, off := range live.Slots {
		if v, ok := g.stackWord(f.CFA + uint64(int64(off))); ok && v != 0 {
			words = append(words, v)
		}
	}
	words = c.appendDeferred(words, g, f)
	// Objects can lead to objects; each is taken once.
	taken := make([]bool, len(live.Objects))
	for i := 0; i < len(words); i++ {
		for j, o := range live.Objects {
			start := f.CFA + uint64(int64(o.Offset))
			if taken[j] || words[i] < start || words[i] >= start+uint64(o.Size) {
				continue
			}
			taken[j] = true
			for a := start; a+8 <= start+uint64(o.PtrBytes); a += 8 {
				if v, ok := g.stackWord(a); ok && v != 0 {
					words = append(words, v)
				}
			}
		}
	}
	return words
}

// liveWordsIn are the live words of a goroutine's outermost frame of a function.
func (c *collection) liveWordsIn(g *goroutine, fn string) []uint64 {
	frames := c.framesOf(g)
	for i := len(frames) - 1; i >= 0; i-- {
		if f := frames[i]; f.Func != nil && f.Func.Name == fn {
			return c.liveWords(g, f)
		}
	}
	return nil
}

// holds tells whether an address is among a frame's live words, or is that of
// a variable in the frame.
func (c *collection) holds(g *goroutine, f unwind.Frame, addr uint64) bool {
	if addr >= f.SP && addr < f.CFA {
		return true
	}
	for _, v := range c.liveWords(g, f) {
		if v == addr {
			return true
		}
	}
	return false
}

// maxDefers bounds the deferred calls of one goroutine that are followed.
const maxDefers = 1024

// appendDeferred appends the closures of a frame's pending deferred calls, as
// far as they are in the goroutine's list: those that the compiler did not
// lay out in the frame. A record names its frame by SP, and mostly lies in it.
func (c *collection) appendDeferred(words []uint64, g *goroutine, f unwind.Frame) []uint64 {
	l := &c.lay.deferred
	for d, n := g.deferred, 0; d != 0 && n < maxDefers; n++ {
		sp, ok := g.stackWord(d + uint64(l.sp.off))
		if !ok {
			return words // a record on the heap, which was not read
		}
		fn, _ := g.stackWord(d + uint64(l.fn.off))
		if sp == f.SP && fn != 0 {
			words = append(words, fn)
		}
		d, _ = g.stackWord(d + uint64(l.link.off))
	}
	return words
}
