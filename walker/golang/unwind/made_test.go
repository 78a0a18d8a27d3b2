package unwind_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// On arm64 the return address is at the bottom of a frame, or in the link
// register as long as there is no frame; an injected call saved the latter.
// The stacks are made here, of the frame sizes of a real program.
func TestARM64(t *testing.T) {
	table, _ := fileTable(t, testtarget.Build(t, "chans", testtarget.Options{Env: []string{"GOARCH=arm64"}}))
	u := unwind.New(pclntab.Tables{table}, "arm64")

	leaf, body := place(t, table, "runtime.memmove", 0), place(t, table, "runtime.gopark", 1)
	main, goexit := place(t, table, "main.main", 1), place(t, table, "runtime.goexit", 0)
	goexit.pc += 4
	sigpanic := place(t, table, "runtime.sigpanic", 1)

	t.Run("leaf", func(t *testing.T) {
		s := madeStack{lo: 0x4000000000}
		s.frame(body, main.pc)
		s.frame(main, goexit.pc)
		s.frame(placed{delta: 8}, 0)
		frames, end := u.Stack(unwind.Start{PC: leaf.pc, SP: s.lo, LR: body.pc, Trap: true, Stack: s.stack()}, nil, 10)
		checkFrames(t, frames, end, fmt.Sprintf("runtime.memmove %#x %#x trap\nruntime.gopark %#x %#x\nmain.main %#x %#x\nruntime.goexit %#x %#x\n",
			s.lo, s.lo, s.lo, s.lo+body.delta, s.lo+body.delta, s.lo+body.delta+main.delta,
			s.lo+body.delta+main.delta, s.lo+body.delta+main.delta))
	})
	t.Run("injected", func(t *testing.T) {
		// memmove faulted before it had a frame.
		s := madeStack{lo: 0x4000000000}
		s.frame(sigpanic, leaf.pc)
		s.words = append(s.words, body.pc, 0) // what the signal handler pushed
		s.frame(body, goexit.pc)
		s.frame(placed{delta: 8}, 0)
		frames, end := u.Stack(unwind.Start{PC: sigpanic.pc, SP: s.lo, Stack: s.stack()}, nil, 10)
		at := s.lo + sigpanic.delta
		checkFrames(t, frames, end, fmt.Sprintf("runtime.sigpanic %#x %#x\nruntime.memmove %#x %#x trap dead\nruntime.gopark %#x %#x\nruntime.goexit %#x %#x\n",
			s.lo, at, at+16, at+16, at+16, at+16+body.delta, at+16+body.delta, at+16+body.delta))
	})
}

// placed is a PC in a function and the size of its frame there.
type placed struct{ pc, delta uint64 }

// place is the first PC of a function where it has no frame (0) or one (1).
func place(t *testing.T, table *pclntab.Table, name string, frame int) placed {
	t.Helper()
	f, ok := table.Lookup(name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	for pc := f.Entry; pc < f.End; pc += 4 {
		if d, ok := f.SPDelta(pc); ok && (d > 0) == (frame == 1) {
			return placed{pc, uint64(d)}
		}
	}
	t.Fatalf("%s has no such place", name)
	return placed{}
}

type madeStack struct {
	lo    uint64
	words []uint64
}

// frame pushes a frame from the bottom up, with its return address.
func (s *madeStack) frame(p placed, ret uint64) {
	s.words = append(s.words, ret)
	s.words = append(s.words, make([]uint64, p.delta/8-1)...)
}

func (s *madeStack) stack() unwind.Stack {
	var b []byte
	for _, w := range s.words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return unwind.Stack{Lo: s.lo, Data: b}
}

func checkFrames(t *testing.T, frames []unwind.Frame, end unwind.End, want string) {
	t.Helper()
	var b strings.Builder
	for _, f := range frames {
		fmt.Fprintf(&b, "%s %#x %#x", f.Func.Name, f.SP, f.CFA)
		if f.Trap {
			b.WriteString(" trap")
		}
		if f.Dead {
			b.WriteString(" dead")
		}
		b.WriteString("\n")
	}
	if b.String() != want {
		t.Errorf("frames\n%swant\n%s", &b, want)
	}
	if end.Reason != unwind.Complete {
		t.Errorf("it ends with %v at %#x", end.Reason, end.Addr)
	}
}

// Why unwinding ended is said, and the frames up to there stand.
func TestEnds(t *testing.T) {
	table, _ := fileTable(t, testtarget.Build(t, "chans", testtarget.Options{}))
	u := unwind.New(pclntab.Tables{table}, "amd64")
	park, main := place(t, table, "runtime.gopark", 1), place(t, table, "main.main", 1)
	goexit, mcall := place(t, table, "runtime.goexit", 0), place(t, table, "runtime.mcall", 0)
	goexit.pc++
	const inC = 0x7fff00001000

	// made is a stack of frames, each of which returns to the next, and the
	// last to ret.
	made := func(ret uint64, frames ...placed) unwind.Stack {
		s := madeStack{lo: 0x4000000000}
		for i, f := range frames {
			s.words = append(s.words, make([]uint64, f.delta/8)...)
			if i+1 < len(frames) {
				s.words = append(s.words, frames[i+1].pc)
			} else {
				s.words = append(s.words, ret)
			}
		}
		return s.stack()
	}
	whole := made(goexit.pc, park, main)
	cut := whole
	cut.Data = cut.Data[:park.delta+8]
	mainCFA := whole.Lo + park.delta + 8 + main.delta + 8

	// C code at the bottom of a stack, whose frame pointer leads to main.
	c := made(goexit.pc, placed{delta: 24}, main)
	binary.LittleEndian.PutUint64(c.Data[16:], c.Lo+24+8+main.delta) // saved frame pointer
	binary.LittleEndian.PutUint64(c.Data[24:], main.pc)

	for _, test := range []struct {
		name   string
		start  unwind.Start
		limit  int
		frames string
		end    unwind.End
	}{
		{"complete", unwind.Start{PC: park.pc, Stack: whole}, 9, "runtime.gopark main.main runtime.goexit", unwind.End{}},
		{"too deep", unwind.Start{PC: park.pc, Stack: whole}, 2, "runtime.gopark main.main", unwind.End{Reason: unwind.TooDeep, Addr: goexit.pc}},
		{"cut", unwind.Start{PC: park.pc, Stack: cut}, 9, "runtime.gopark main.main", unwind.End{Reason: unwind.Unreadable, Addr: mainCFA - 8}},
		{"unknown caller", unwind.Start{PC: park.pc, Stack: made(inC, park)}, 9, "runtime.gopark", unwind.End{Reason: unwind.UnknownPC, Addr: inC}},
		{"moves SP", unwind.Start{PC: mcall.pc, Stack: whole, Trap: true}, 9, "runtime.mcall", unwind.End{Reason: unwind.Unsized, Addr: mcall.pc}},
		{"moves SP, and has not yet", unwind.Start{PC: mcall.pc, Stack: made(goexit.pc, mcall, main), Trap: true, Goroutine: true}, 9, "runtime.mcall main.main runtime.goexit", unwind.End{}},
		{"nil function", unwind.Start{PC: 0, Stack: made(goexit.pc, placed{}, main)}, 9, "main.main runtime.goexit", unwind.End{}},
		{"in C", unwind.Start{PC: inC, Stack: whole, Trap: true}, 9, "", unwind.End{Reason: unwind.UnknownPC, Addr: inC}},
		{"in C with frame pointers", unwind.Start{PC: inC, BP: c.Lo + 16, Stack: c, Trap: true}, 9, "main.main by frame pointer runtime.goexit", unwind.End{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.start.SP = test.start.Stack.Lo
			frames, end := u.Stack(test.start, nil, test.limit)
			var names []string
			for _, f := range frames {
				names = append(names, f.Func.Name)
				if f.ByFramePointer {
					names = append(names, "by frame pointer")
				}
			}
			if got := strings.Join(names, " "); got != test.frames {
				t.Errorf("frames %q, want %q", got, test.frames)
			}
			if end != test.end {
				t.Errorf("it ends with %v at %#x, want %v at %#x", end.Reason, end.Addr, test.end.Reason, test.end.Addr)
			}
		})
	}
}
