package lockcode

import (
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// atomicAt tells what lock's method an atomic instruction is the inlined part of.
// The inlining tables mostly say so; where they give the instruction to its caller,
// the call says it that is made when the instruction was not enough.
func (f *flow) atomicAt(i *inst) effect {
	if f.c.channels || f.c.groups {
		return effect{}
	}
	if e := f.inlinedEffect(i.pc); e.does != nothing {
		return e
	}
	n, ok := at(f.code, i.pc)
	if !ok {
		return effect{}
	}
	if e := f.slowPath(n); e.does != nothing {
		return e
	}
	if i.Op == x86asm.CMPXCHG {
		for k := max(0, n-nearby); k < min(len(f.code), n+nearby); k++ {
			if e := f.inlinedEffect(f.code[k].pc); e.does == tries {
				return e
			}
		}
	}
	return effect{}
}

// nearby is how many instructions away what belongs to an inlined call is looked for.
const nearby = 8

// inlinedEffect is that of the lock's method that an instruction was inlined with.
func (f *flow) inlinedEffect(pc uint64) effect {
	calls, err := f.fn.Calls(pc)
	if err != nil {
		return effect{}
	}
	for n := len(calls) - 1; n >= 0; n-- { // the outermost that is known
		if !calls[n].Inlined || !strings.Contains(calls[n].Func, "sync.(*") {
			continue
		}
		if e := atomicEffect(calls[n].Func); e.does != nothing {
			return e
		}
	}
	return effect{}
}

// slowPath is what an atomic instruction does by the function that is called on
// one of the two ways behind it.
func (f *flow) slowPath(n int) effect {
	for k := n + 1; k < min(len(f.code), n+1+nearby); k++ {
		target, conditional, is := f.code[k].jump()
		if !is {
			continue
		}
		if !conditional {
			return effect{}
		}
		for _, pc := range []uint64{f.code[k].next(), target} {
			if e := slowEffects[f.nextCall(pc)]; e.does != nothing && (e.does == takes && e.mode == Exclusive) == (f.code[n].Op == x86asm.CMPXCHG) {
				return e
			}
		}
		return effect{}
	}
	return effect{}
}

// slowEffects are those of the methods whose rest these functions are.
var slowEffects = map[string]effect{
	"sync.(*Mutex).lockSlow":            {does: takes},
	"internal/sync.(*Mutex).lockSlow":   {does: takes},
	"sync.(*Mutex).unlockSlow":          {does: letsGo},
	"internal/sync.(*Mutex).unlockSlow": {does: letsGo},
	"sync.runtime_SemacquireRWMutexR":   {does: takes, mode: Shared, offset: readerCount},
	"sync.(*RWMutex).rUnlockSlow":       {does: letsGo, mode: Shared, offset: readerCount},
}

// nextCall is the function that is called first from pc on, if it is near.
func (f *flow) nextCall(pc uint64) string {
	n, ok := at(f.code, pc)
	for k := n; ok && k < min(len(f.code), n+nearby); k++ {
		i := &f.code[k]
		if _, _, jumps := i.jump(); jumps || i.bad {
			return ""
		}
		if i.Op == x86asm.CALL {
			fn, ok := f.c.tables.Func(f.target(nil, i))
			if !ok {
				return ""
			}
			return fn.Name
		}
	}
	return ""
}
