package golang

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// variable is a package's variable that has pointers.
type variable struct {
	name      string // empty: not known
	addr, end uint64
	machinery bool     // the runtime's own, and what else acts by itself
	pointers  []uint64 // what stands in it
}

// machinery are the packages whose variables hold what happens by itself:
// timers, deferred finalizers, threads; and the channels of signals.
func machinery(name string) bool {
	return name == "" || strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime/") ||
		strings.HasPrefix(name, "os/signal.") || strings.HasPrefix(name, "internal/synctest.")
}

// findVariables reads the variables of all modules, by address. Where names are
// not known all of a module are one.
func (r *reach) findVariables() {
	for _, m := range r.modules {
		d := m.data
		slots := r.heap.Globals(d.Addr, [2]uint64{d.Data.Start, d.Data.End}, [2]uint64{d.BSS.Start, d.BSS.End})
		for _, s := range m.Variables() {
			r.globals = append(r.globals, variable{name: s.Name, addr: s.Addr, end: s.Addr + s.Size, machinery: machinery(s.Name)})
		}
		rest := variable{machinery: true}
		r.sortVariables()
		for _, s := range slots {
			if i := r.variableAt(s.Addr); i >= 0 {
				r.globals[i].pointers = append(r.globals[i].pointers, s.Value)
			} else {
				rest.pointers = append(rest.pointers, s.Value)
			}
		}
		r.globals = append(r.globals, rest)
	}
	r.sortVariables()
}

func (r *reach) sortVariables() {
	slices.SortStableFunc(r.globals, func(a, b variable) int { return cmp.Compare(a.addr, b.addr) })
}

// variableAt is the index of the variable that an address is in; -1: none.
func (r *reach) variableAt(addr uint64) int {
	i, found := slices.BinarySearchFunc(r.globals, addr, func(v variable, addr uint64) int { return cmp.Compare(v.addr, addr) })
	if !found {
		i--
	}
	if i < 0 || addr >= r.globals[i].end {
		return -1
	}
	return i
}

// firstRoots are the words that lead to what is in use whatever goroutines do.
func (r *reach) firstRoots() []uint64 {
	var words []uint64
	for i, v := range r.globals {
		if v.machinery {
			words = append(words, v.pointers...)
			r.wake(r.inData[i], "")
		}
	}
	kept, objects := r.heap.Specials()
	words = append(words, kept...)
	for _, addr := range objects {
		if o, ok := r.heap.Find(addr); ok {
			to, whole := r.heap.Pointers(o)
			if words = append(words, to...); !whole {
				r.doubt("an object with a finalizer could not be read")
			}
		}
	}
	words = append(words, r.queued()...)
	return append(words, r.onThreads()...)
}

// maxBlocks bounds the blocks of finalizers and cleanups that are about to run.
const maxBlocks = 1 << 16

// queued are all words of the blocks that have finalizers and cleanups which are
// about to run.
func (r *reach) queued() (words []uint64) {
	l := &r.lay.queues
	if addr, _, ok := r.global("runtime.allfin"); ok {
		words = r.blocks(words, addr, l.finBlock, l.finNext)
	}
	if addr, _, ok := r.global("runtime.gcCleanups"); ok && l.cleanups.size == 8 {
		words = r.blocks(words, addr+uint64(l.cleanups.off), l.cleanupBlock, l.cleanupNext)
	}
	return words
}

// blocks appends the words of the blocks of a list; head is where its first is
// named.
func (r *reach) blocks(words []uint64, head uint64, size int, next field) []uint64 {
	if size == 0 || next.size != 8 {
		return words
	}
	b, err := r.read(head, 8)
	for n := 0; err == nil && le.Uint64(b) != 0; n++ {
		if n == maxBlocks {
			r.doubt("the list of finalizers that are about to run has no end")
			break
		}
		if b, err = r.read(le.Uint64(b), size); err != nil {
			break
		}
		for i := 0; i+8 <= len(b); i += 8 {
			words = append(words, le.Uint64(b[i:]))
		}
		b = b[next.off:]
	}
	if err != nil {
		r.doubt("the finalizers that are about to run could not be read")
	}
	return words
}

// idle are the functions that a thread stands in which does nothing for anybody.
var idle = map[string]bool{
	"runtime.stopm": true, "runtime.mPark": true, "runtime.stoplockedm": true, "runtime.sysmon": true,
	"runtime.notetsleep_internal": true, "runtime.netpoll": true, "runtime.templateThread": true,
}

// maxIdleFrames is how many frames of a thread are looked at for that.
const maxIdleFrames = 16

// onThreads are the words in the registers of threads, and on their own stacks
// when they are about the runtime's business for somebody: a pointer may be
// nowhere else.
func (r *reach) onThreads() (words []uint64) {
	own := r.threadStacks()
	for _, t := range r.img.Threads {
		if t.Regs == nil || t.Partial {
			r.doubt("the registers of a thread are not known")
			continue
		}
		sp := t.Regs.SP()
		stack := unwind.Stack{Lo: sp}
		for _, s := range own {
			if sp >= s.Start && sp < s.End {
				b, err := r.read(sp, int(min(s.End-sp, maxSignalStack)))
				if err != nil {
					r.doubt("a thread's own stack could not be read")
				}
				stack.Data = b
				break
			}
		}
		start := unwind.Start{PC: t.Regs.PC(), SP: sp, BP: t.Regs.FP(), LR: t.Regs.LR(), Trap: true, Stack: stack}
		frames, _ := r.unwinder.Stack(start, nil, maxIdleFrames)
		if slices.ContainsFunc(frames, func(f unwind.Frame) bool { return f.Func != nil && idle[f.Func.Name] }) {
			continue
		}
		words = append(words, t.Regs...)
		for b := stack.Data; len(b) >= 8; b = b[8:] {
			words = append(words, le.Uint64(b))
		}
	}
	return words
}

// maxThreads bounds the runtime's list of threads; it allows itself 10,000.
const maxThreads = 1 << 16

// threadStacks are the stacks of threads that are no goroutine's: g0 and gsignal
// of each m.
func (r *reach) threadStacks() []pclntab.Span {
	l := &r.lay.m
	addr, _, ok := r.global("runtime.allm")
	if !ok || l.allLink.size != 8 {
		r.doubt("the runtime's list of threads is not known")
		return nil
	}
	var gs []uint64
	m, err := r.word(addr)
	for n := 0; err == nil && m != 0 && n < maxThreads; n++ {
		var b []byte
		if b, err = r.read(m, l.size); err == nil {
			gs = append(gs, l.g0.of(b), l.gsignal.of(b))
			m = l.allLink.of(b)
		}
	}
	if err != nil {
		r.doubt("the runtime's list of threads could not be read")
	}
	var out []pclntab.Span
	r.each(gs, r.lay.g.size, func(_ uint64, b []byte) {
		out = append(out, pclntab.Span{Start: r.lay.g.lo.of(b), End: r.lay.g.hi.of(b)})
	})
	return out
}

// word reads the word at an address.
func (c *collection) word(addr uint64) (uint64, error) {
	b, err := c.read(addr, 8)
	if err != nil {
		return 0, err
	}
	return le.Uint64(b), nil
}
