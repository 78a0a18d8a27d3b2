package golang

import (
	"errors"
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// place is where a global variable lies; its size is 0 where it is not known.
type place struct{ addr, size uint64 }

// global finds one of the runtime's variables: by the symbol table, or, in a
// program that was stripped of it, by what the variable looks like.
func (p *program) global(name string) (addr, size uint64, ok bool) {
	g, ok := p.globals[name]
	return g.addr, g.size, ok
}

// globalNames are the variables that the walk reads.
var globalNames = []string{
	"runtime.allgs", "runtime.waitReasonStrings", "runtime.allp", "runtime.sched",
	"runtime.mheap_", "runtime.semtable", "runtime.iscgo", "runtime.gcphase", "runtime.buildVersion",
	"runtime.allfin", "runtime.gcCleanups", "runtime.allm",
	"time.startNano",
}

// findGlobals looks the variables up in the symbol table of the module whose
// runtime it is: a plugin has variables of the same names.
func (p *program) findGlobals() {
	for _, name := range globalNames {
		if s, ok := p.modules[0].Symbol(name); ok {
			p.globals[name] = place{s.Addr, s.Size}
		}
	}
}

// guessGlobals finds the two variables without which there is no walk in a
// program without symbols. Both are known by what they hold, checked in full;
// nothing else is.
func (p *program) guessGlobals(img *dlvext.Image) error {
	if _, ok := p.globals["runtime.allgs"]; !ok {
		addr, err := p.guessGoroutines(img)
		if err != nil {
			return err
		}
		p.globals["runtime.allgs"] = place{addr, 24}
	}
	if _, ok := p.globals["runtime.waitReasonStrings"]; !ok {
		at, err := p.guessReasons(img)
		if err != nil {
			return err
		}
		p.globals["runtime.waitReasonStrings"] = at
	}
	return nil
}

// maxData bounds the part of a program's variables that is searched.
const maxData = 1 << 28

// variables reads one of the module's spans of variables.
func variables(img *dlvext.Image, s pclntab.Span) ([]byte, error) {
	if s.End < s.Start || s.End-s.Start > maxData {
		return nil, errors.New("the module's data has no true size")
	}
	b := make([]byte, s.End-s.Start)
	if err := img.Memory.Read(s.Start, b); err != nil {
		return nil, err
	}
	return b, nil
}

// guessGoroutines finds runtime.allgs: a slice of pointers, the first of which
// leads to a g with a stack, the goid 1 and an entry point, since main's is
// the first goroutine there is.
func (p *program) guessGoroutines(img *dlvext.Image) (uint64, error) {
	b, err := variables(img, p.modules[0].data.BSS)
	if err != nil {
		return 0, fmt.Errorf("cannot search for the list of goroutines: %w", err)
	}
	for i := 0; i+3 <= len(b)/8; i++ {
		base, n, capacity := word(b, i), word(b, i+1), word(b, i+2)
		if base == 0 || base%8 != 0 || n == 0 || n > capacity || capacity > walker.MaxTasks {
			continue
		}
		if p.beginsWithMain(img, base) {
			return p.modules[0].data.BSS.Start + uint64(i)*8, nil
		}
	}
	return 0, errors.New("the list of goroutines was not found: the program has no symbol table, and nothing in its data looks like one")
}

// beginsWithMain reports whether a list of goroutines begins with main's, as
// runtime.allgs does.
func (p *program) beginsWithMain(img *dlvext.Image, list uint64) bool {
	l := &p.lay.g
	first, g := make([]byte, 8), make([]byte, l.size)
	if img.Memory.Read(list, first) != nil || img.Memory.Read(le.Uint64(first), g) != nil {
		return false
	}
	fn, known := p.tables.Func(l.startpc.of(g))
	return known && fn.Name == "runtime.main" && l.goid.of(g) == 1 && l.lo.of(g) < l.hi.of(g)
}

// guessReasons finds runtime.waitReasonStrings: an array of strings, the first
// empty, then "GC assist marking".
func (p *program) guessReasons(img *dlvext.Image) (place, error) {
	b, err := variables(img, p.modules[0].data.Data)
	if err != nil {
		return place{}, fmt.Errorf("cannot search for the wait reasons: %w", err)
	}
	text := func(i int) (string, bool) {
		n := word(b, i+1)
		if n > 64 {
			return "", false
		}
		s := make([]byte, n)
		if n > 0 && img.Memory.Read(word(b, i), s) != nil {
			return "", false
		}
		return string(s), printable(s)
	}
	const second = "GC assist marking"
	for i := 2; i+2 <= len(b)/8; i++ {
		if word(b, i+1) != uint64(len(second)) || word(b, i-1) != 0 {
			continue
		}
		if s, ok := text(i); !ok || s != second {
			continue
		}
		n := 1
		for n < maxReasons && i+2*n <= len(b)/8 {
			if s, ok := text(i + 2*(n-1)); !ok || s == "" {
				break
			}
			n++
		}
		return place{p.modules[0].data.Data.Start + uint64(i-2)*8, uint64(n) * 16}, nil
	}
	return place{}, errors.New("the runtime's wait reasons were not found: the program has no symbol table")
}
