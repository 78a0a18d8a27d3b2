package unwind_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-delve/delve/pkg/proc"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// Every goroutine of a core, the runtime's own too, has the frames that Delve
// finds with DWARF's frame information; and those that the program prints of
// itself it has with the same functions and lines, inlined ones among them and
// wrappers not.
func TestStacks(t *testing.T) {
	for _, o := range builds() {
		for _, program := range programsIn(o) {
			testStacks(t, program, o)
		}
	}
	for _, tc := range toolchains() {
		testStacks(t, "callback", testtarget.Options{Toolchain: tc, CGO: true})
	}
}

// programsIn are the programs to look at in a build. What frames there are depends
// on the release and the optimiser, so with these a full test looks at all; where
// they lie, and whether C's stacks are beside, is the same for a few as for all.
func programsIn(o testtarget.Options) []string {
	programs := []string{"inlined"}
	switch {
	case testtarget.Full() && !o.PIE && !o.CGO:
		programs = []string{"chans", "cond", "errgroup", "inlined", "labels", "live", "mutexes", "network", "server", "sleep", "stale", "waitgroup"}
	case testtarget.Full():
		programs = append(programs, "network")
	}
	// With cgo one stands in C, where Delve shows C's frames too.
	if !o.CGO && (!o.NoOpt || testtarget.Full()) {
		programs = append(programs, "busy")
	}
	return programs
}

func testStacks(t *testing.T, program string, o testtarget.Options) {
	t.Run(program+"/"+o.Name(), func(t *testing.T) {
		t.Parallel()
		exe := testtarget.Build(t, program, o)
		running := testtarget.Start(t, exe)
		printed, err := testtarget.ParseStack(running.Stack(t))
		if err != nil {
			t.Fatal(err)
		}
		tg := openCore(t, exe, running.GCore(t))
		t.Run("frames", func(t *testing.T) { compareWithDelve(t, tg) })
		t.Run("calls", func(t *testing.T) { compareWithPrinted(t, tg, printed) })
	})
}

// toolchains are those that these tests build targets with.
func toolchains() []string {
	if testtarget.Full() {
		return slices.Concat(testtarget.Older, testtarget.Toolchains)
	}
	return []string{""}
}

// builds are the ways that these tests build targets.
func builds() []testtarget.Options {
	if !testtarget.Full() {
		return []testtarget.Options{{}, {NoOpt: true}}
	}
	var all []testtarget.Options
	for _, tc := range toolchains() {
		all = append(all,
			testtarget.Options{Toolchain: tc}, testtarget.Options{Toolchain: tc, NoOpt: true},
			testtarget.Options{Toolchain: tc, PIE: true}, testtarget.Options{Toolchain: tc, CGO: true},
			testtarget.Options{Toolchain: tc, CGO: true, PIE: true})
	}
	return all
}

const maxFrames = 200

func compareWithDelve(t *testing.T, tg *target) {
	t.Helper()
	gs, _, err := proc.GoroutinesInfo(tg.tgt, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	delves := map[int]*proc.G{}
	for _, g := range gs {
		delves[int(g.ID)] = g
	}
	seen := 0
	for _, g := range tg.goroutines() {
		frames, end := tg.u.Stack(g.start, nil, maxFrames)
		if end.Reason != unwind.Complete {
			t.Errorf("goroutine %d ends with %v at %#x", g.id, end.Reason, end.Addr)
		}
		var got, want []string
		for _, f := range frames {
			got = append(got, fmt.Sprintf("pc %#x cfa %#x %s\n", f.PC, f.CFA, f.Func.Name))
		}
		theirs, err := proc.GoroutineStacktrace(tg.tgt, delves[g.id], maxFrames, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range theirs {
			if !f.Inlined && f.Current.Fn != nil {
				want = append(want, fmt.Sprintf("pc %#x cfa %#x %s\n", f.Current.PC, f.Regs.CFA, plain(f.Current.Fn.Name)))
			}
		}
		if i := lostByDelve(frames); i >= 0 && len(want) > i {
			got, want = got[:i], want[:i]
		}
		if !slices.Equal(got, want) {
			t.Errorf("goroutine %d:\n%sDelve has\n%s", g.id, strings.Join(got, ""), strings.Join(want, ""))
		}
		seen++
	}
	if seen < 3 {
		t.Errorf("only %d goroutines seen", seen)
	}
}

// lostByDelve is the frame of a caller that was interrupted, as by a signal, where the
// instruction before is another function's or had a frame of another size: at the
// first one of a function, at its return; -1: none was. Delve takes it for one that made
// a call, goes by the instruction before, and loses the caller's frame.
func lostByDelve(frames []unwind.Frame) int {
	for i, f := range frames {
		if i == 0 || !f.Trap {
			continue
		}
		size, _ := f.Func.SPDelta(f.PC)
		before, same := f.Func.SPDelta(f.PC - 1)
		if f.PC == f.Func.Entry || !same || size != before {
			return i
		}
	}
	return -1
}

// plain is a function's name without its type arguments.
func plain(name string) string {
	i, j := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']')
	if i < 0 || j < i {
		return name
	}
	return name[:i] + "[...]" + name[j+1:]
}

func compareWithPrinted(t *testing.T, tg *target, printed []testtarget.Goroutine) {
	t.Helper()
	want := map[int]string{}
	for _, g := range printed {
		if g.State == "running" || g.State == "runnable" || g.State == "syscall" {
			continue // it has moved on
		}
		var b strings.Builder
		for _, c := range g.Frames {
			fmt.Fprintf(&b, "%s %s:%d\n", c.Func, c.File, c.Line)
		}
		want[g.ID] = b.String()
	}
	seen := 0
	for _, g := range tg.goroutines() {
		w, ok := want[g.id]
		if !ok {
			continue
		}
		frames, _ := tg.u.Stack(g.start, nil, maxFrames)
		calls, err := tg.u.Expand(frames, nil)
		if err != nil {
			t.Error(err)
		}
		if got := asPrinted(calls); got != w {
			t.Errorf("goroutine %d:\n%sthe program says\n%s", g.id, got, w)
		}
		seen++
	}
	if seen != len(want) {
		t.Errorf("%d of %d goroutines seen", seen, len(want))
	}
}

// asPrinted is what runtime.Stack prints of calls: of the runtime's own, those
// that it exports and panics; none of cgo's, whose names have no package.
func asPrinted(calls []unwind.Call) string {
	var b strings.Builder
	for i, c := range calls {
		own, isOwn := strings.CutPrefix(c.Func, "runtime.")
		name := c.Func
		switch {
		case name == "runtime.gopanic" && i > 0:
			name = "panic"
		case isOwn && (own[0] < 'A' || own[0] > 'Z'), !strings.Contains(name, "."):
			continue
		}
		fmt.Fprintf(&b, "%s %s:%d\n", name, c.File, c.Line)
	}
	return b.String()
}
