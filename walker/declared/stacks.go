package declared

import (
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
)

// Bounds of a search of the stacks.
const (
	maxGoroutines = 1 << 20
	maxStack      = 64 << 10 // bytes of one, from where it stands
)

// onStacks looks for values of a type that pointers on the stacks of goroutines
// lead to. Such a word may be anything: what it leads to counts if its proof
// leads back to it, or, which is weaker, to what was found before.
func (f *finder) onStacks(t thing, typ *dlvext.Type) {
	proof, err := parsePath(t.Proof)
	if err != nil {
		return
	}
	tried := map[uint64]bool{}
	err = f.eachStackWord(func(word, goid uint64) {
		if word%8 != 0 || word < 4096 {
			return
		}
		if by, ok := f.stackOf[word]; ok && by != goid {
			f.stackOf[word] = 0 // several have it
		}
		if tried[word] || f.found[word] != nil {
			return
		}
		tried[word] = true
		v := dlvext.NewValue(f.img.Memory, typ, word).Load()
		if v.Err() != nil {
			return
		}
		values, err := f.follow(v, proof)
		if err != nil {
			return
		}
		for _, back := range values {
			all, err := f.addresses(back)
			if err != nil {
				continue
			}
			for _, b := range all {
				known := f.found[b.Addr()]
				itself := b.Addr() == word && b.Type().Name == typ.Name
				if itself || known != nil && b.Type().Name == known.value.Type().Name {
					f.meet(v)
					if o := f.found[word]; o != nil {
						f.stackOf[word] = goid
						if !itself {
							o.doubt = "; a pointer on a stack says that it is one"
						}
					}
					return
				}
			}
		}
	})
	if err != nil {
		f.complain(t, "roots", err)
	}
}

// eachStackWord visits the words of the stacks of all goroutines that do not run.
func (f *finder) eachStackWord(visit func(word, goid uint64)) error {
	all := f.img.Global("runtime.allgs")
	n, err := all.Len()
	if err != nil {
		return fmt.Errorf("the goroutines: %w", err)
	}
	for i := range min(n, maxGoroutines) {
		g := all.Index(i).Deref().Load()
		sp, err := g.Field("sched.sp").Uint()
		if err != nil {
			continue
		}
		hi, err := g.Field("stack.hi").Uint()
		if err != nil || sp >= hi || hi-sp > maxStack {
			continue
		}
		stack, err := f.bytes(sp, int(hi-sp))
		if err != nil {
			continue
		}
		goid, err := g.Field("goid").Uint()
		if err != nil {
			continue
		}
		for ; len(stack) >= 8; stack = stack[8:] {
			visit(le.Uint64(stack), goid)
		}
	}
	return nil
}
