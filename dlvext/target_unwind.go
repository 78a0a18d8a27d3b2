package dlvext

import (
	"encoding/binary"
	"fmt"

	"github.com/go-delve/delve/pkg/proc"
)

// Frame is one call on a stack, as Delve's unwinder finds it.
type Frame struct {
	PC  uint64 // where it goes on; of the innermost, where it stands
	SP  uint64 // at PC
	CFA uint64 // the stack pointer before the call

	Func string // empty: not known
	File string
	Line int // of the call, not of what follows it

	Inlined bool // into the next frame, whose PC, SP and CFA it has
	System  bool // on a thread's own stack, not on the goroutine's
}

// maxUnwind bounds the depth of a stack that Delve unwinds.
const maxUnwind = 1 << 14

// Unwind returns the stack of a goroutine, innermost first, at most depth
// frames of it. When the stack cannot be followed to its end, the frames up
// to there come with the error.
//
// It costs some 70 microseconds a goroutine, and the first one of an image as
// long as Delve takes to load the symbols.
func (img *Image) Unwind(goid int64, depth int) (frames []Frame, err error) {
	err = img.withGoroutine(goid, func(t *proc.Target, g *proc.G) error {
		stack, err := proc.GoroutineStacktrace(t, g, clampDepth(depth), 0)
		if err != nil {
			return err
		}
		frames, err = plainFrames(stack)
		return err
	})
	return frames, err
}

// UnwindThread returns the stack of a thread, as [Image.Unwind] does: of the
// goroutine on it, from the thread's own stack on where it stands there. The
// frames of code that is neither Go's nor has unwind tables are guesses.
func (img *Image) UnwindThread(tid, depth int) (frames []Frame, err error) {
	err = img.withTarget(func(t *proc.Target) error {
		th, ok := t.FindThread(tid)
		if !ok {
			return fmt.Errorf("there is no thread %d", tid)
		}
		stack, err := proc.ThreadStacktrace(t, th, clampDepth(depth))
		if err != nil {
			return err
		}
		frames, err = plainFrames(stack)
		return err
	})
	return frames, err
}

// clampDepth turns a number of frames into Delve's depth, one less.
func clampDepth(n int) int { return max(min(n, maxUnwind), 1) - 1 }

func plainFrames(stack []proc.Stackframe) ([]Frame, error) {
	frames := make([]Frame, 0, len(stack))
	for i := range stack {
		s := &stack[i]
		if s.Err != nil {
			return frames, s.Err
		}
		if i > 0 && s.Current.PC == 0 {
			break // where a thread began
		}
		f := Frame{
			PC: s.Current.PC, SP: s.Regs.SP(), CFA: uint64(s.Regs.CFA),
			File: s.Call.File, Line: s.Call.Line, Inlined: s.Inlined, System: s.SystemStack,
		}
		if s.Call.Fn != nil {
			f.Func = s.Call.Fn.Name
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// withGoroutine calls do as withTarget does, with Delve's goroutine. Delve's
// own search reads the list of all from its beginning, in small pieces, as
// long as the target says it is.
func (img *Image) withGoroutine(goid int64, do func(*proc.Target, *proc.G) error) error {
	index, err := img.goroutineIndex()
	if err != nil {
		return err
	}
	i, ok := index[goid]
	if !ok {
		return fmt.Errorf("there is no goroutine %d", goid)
	}
	return img.withTarget(func(t *proc.Target) error {
		gs, _, err := proc.GoroutinesInfo(t, i, 1)
		switch {
		case err != nil:
			return err
		case len(gs) == 1 && gs[0].Unreadable != nil:
			return gs[0].Unreadable
		case len(gs) != 1 || gs[0].ID != goid:
			return fmt.Errorf("goroutine %d has ended", goid)
		}
		return do(t, gs[0])
	})
}

// maxGoroutines bounds the list of all goroutines: a hundred times the most
// seen in one process.
const maxGoroutines = 8_000_000

// goroutineIndex is indexGoroutines, done once.
func (img *Image) goroutineIndex() (map[int64]int, error) {
	if _, err := img.Target(); err != nil {
		return nil, err
	}
	return img.delve.index()
}

// indexGoroutines returns the place of each goroutine in the runtime's list
// of all, by its id. Those that cannot be read are left out.
func (img *Image) indexGoroutines() (map[int64]int, error) {
	addr, n, _, err := img.Global("runtime.allgs").Slice()
	if err != nil {
		return nil, err
	}
	g, err := img.Type("runtime.g")
	if err != nil {
		return nil, err
	}
	goid, err := g.Field("goid")
	if err != nil {
		return nil, err
	}
	if n > maxGoroutines {
		return nil, fmt.Errorf("the Go runtime's list of goroutines claims %d entries", n)
	}
	list := make([]byte, 8*n)
	if err := img.Memory.Read(addr, list); err != nil {
		return nil, err
	}
	ids := make([]Range, n)
	for i := range ids {
		ids[i] = Range{Addr: binary.LittleEndian.Uint64(list[8*i:]) + uint64(goid.Offset), Len: 8}
	}
	index := make(map[int64]int, n)
	for i, b := range ReadMany(img.Memory, ids) {
		if b == nil {
			continue
		}
		// A g of one that has ended keeps its id until it is used again.
		id := int64(binary.LittleEndian.Uint64(b))
		if _, ok := index[id]; !ok {
			index[id] = i
		}
	}
	return index, nil
}
