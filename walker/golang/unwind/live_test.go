package unwind_test

import (
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// What testdata/go/live says a reader says of its goroutines.
func TestLive(t *testing.T) {
	for _, o := range builds() {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Build(t, "live", o)
			tg := openCore(t, exe, testtarget.Start(t, exe).GCore(t))

			t.Run("kept", func(t *testing.T) {
				f := tg.find(t, "kept")
				if !slices.Contains(f.liveWords(t), f.addr) {
					t.Errorf("%#x is not live: %#x", f.addr, f.liveWords(t))
				}
			})
			t.Run("dropped", func(t *testing.T) {
				f := tg.find(t, "dropped")
				if !o.NoOpt && !slices.Contains(f.words(t), f.addr) {
					t.Errorf("the frame does not hold %#x at all: the test shows nothing", f.addr)
				}
				if slices.Contains(f.liveWords(t), f.addr) {
					t.Errorf("%#x is live", f.addr)
				}
			})
			t.Run("deferred", func(t *testing.T) {
				f := tg.find(t, "deferred")
				if o.NoOpt {
					return // defers are open-coded in optimised code alone
				}
				d := f.live(t).Defers
				if d == nil {
					t.Fatal("no open-coded defers")
				}
				if bits := f.word(t, d.Bits) & 0xff; bits != 1 {
					t.Errorf("pending defers are %#b, want the first alone", bits)
				}
				closure := f.word(t, d.Slots)
				if got := tg.word(closure + 8); got != f.addr {
					t.Errorf("the closure at %#x holds %#x, want %#x", closure, got, f.addr)
				}
			})
			t.Run("argument", func(t *testing.T) {
				f := tg.find(t, "argument")
				var args []uint64
				for _, off := range f.live(t).Slots {
					if off >= 0 {
						args = append(args, f.word(t, off))
					}
				}
				if !slices.Contains(args, f.addr) {
					t.Errorf("%#x is no live argument: %#x", f.addr, args)
				}
			})
			t.Run("object", func(t *testing.T) {
				f := tg.find(t, "object")
				for _, obj := range f.live(t).Objects {
					if f.CFA+uint64(int64(obj.Offset)) == f.addr {
						if obj.Size != 16 || obj.PtrBytes != 16 {
							t.Errorf("object of %d bytes, %d with pointers, want 16 and 16", obj.Size, obj.PtrBytes)
						}
						return
					}
				}
				t.Errorf("no object at %#x: %+v from %#x", f.addr, f.live(t).Objects, f.CFA)
			})
			t.Run("faulted", func(t *testing.T) {
				f := tg.find(t, "faulted")
				if !f.Trap || !f.Dead {
					t.Errorf("trap %v, dead %v: want both", f.Trap, f.Dead)
				}
				if slices.Contains(f.liveWords(t), f.addr) {
					t.Errorf("%#x is live", f.addr)
				}
			})
		})
	}
}

// standing is a frame of one of the program's functions, and the address that
// it is about.
type standing struct {
	unwind.Frame
	stack unwind.Stack
	addr  uint64
}

func (tg *target) find(t *testing.T, name string) standing {
	t.Helper()
	for _, g := range tg.goroutines() {
		frames, _ := tg.u.Stack(g.start, nil, maxFrames)
		for _, f := range frames {
			if f.Func.Name == "main."+name {
				return standing{f, g.start.Stack, tg.word(tg.global("main." + name + "Addr"))}
			}
		}
	}
	t.Fatalf("no goroutine is in main.%s", name)
	return standing{}
}

func (f standing) live(t *testing.T) *pclntab.Live {
	t.Helper()
	l, err := f.Live()
	if err != nil {
		t.Fatal(err)
	}
	if l.ArgsUnknown {
		t.Error("arguments are not known")
	}
	return l
}

// word is the word at an offset from the CFA.
func (f standing) word(t *testing.T, off int32) uint64 {
	t.Helper()
	for i, w := range f.words(t) {
		if f.SP+uint64(8*i) == (f.CFA+uint64(int64(off)))&^7 {
			return w >> (8 * (uint64(int64(off)) & 7))
		}
	}
	t.Fatalf("no word at %d from %#x", off, f.CFA)
	return 0
}

// words are all words of the frame and of what its caller passed, at most.
func (f standing) words(t *testing.T) []uint64 {
	t.Helper()
	var ws []uint64
	for a := f.SP; a < f.CFA+64*8; a += 8 {
		if w, ok := wordAt(f.stack, a); ok {
			ws = append(ws, w)
		}
	}
	return ws
}

func (f standing) liveWords(t *testing.T) []uint64 {
	t.Helper()
	var ws []uint64
	for _, off := range f.live(t).Slots {
		ws = append(ws, f.word(t, off))
	}
	return ws
}
