package unwind_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// A program that dies with GOTRACEBACK=crash prints PC, SP and frame of every
// goroutine, and leaves a core. The core says the same: for the goroutine
// that died from the signal handler that ended it, across the stacks that the
// thread went over, down to the goroutine's own.
func TestCrash(t *testing.T) {
	kinds := map[string][]string{ // functions that the one that died stands in, innermost first
		"nil":      {"runtime.raise", "runtime.sigtramp", "runtime.raise", "runtime.fatalpanic"},
		"maps":     {"runtime.raise", "runtime.sigtramp", "runtime.raise", "runtime.systemstack", "runtime.fatalthrow"},
		"overflow": {"runtime.raise", "runtime.sigtramp", "runtime.raise", "runtime.fatalthrow", "runtime.newstack"},
	}
	options := []testtarget.Options{{}}
	if testtarget.Full() {
		options = builds()
	}
	for _, o := range options {
		for kind, stands := range kinds {
			t.Run(o.Name()+"/"+kind, func(t *testing.T) {
				t.Parallel()
				exe := testtarget.Build(t, "crash", o)
				died := testtarget.StartEnv(t, testtarget.CrashEnv, exe, kind)
				core := died.CrashCore(t)
				tg := openCore(t, exe, core)
				printed := printedFrames(died.Stderr())
				seen := 0
				for _, g := range tg.goroutines() {
					want := printed[g.id]
					if want == "" {
						continue
					}
					frames, end := tg.u.Stack(g.start, nil, 1<<17)
					if end.Reason != unwind.Complete {
						t.Errorf("goroutine %d ends with %v at %#x", g.id, end.Reason, end.Addr)
					}
					got := asCrash(frames)
					if strings.Contains(want, "frames elided") {
						first, last, _ := strings.Cut(want, "frames elided\n")
						if !strings.Contains(got, first) || !strings.HasSuffix(got, last) {
							t.Errorf("goroutine %d lacks what the program says:\n%s", g.id, want)
						}
					} else if !strings.HasSuffix(got, want) {
						t.Errorf("goroutine %d:\n%sthe program says\n%s", g.id, got, want)
					}
					if g.thread != 0 && g.status == gRunning && strings.Contains(got, "runtime.raise") {
						inOrder(t, got, stands)
						seen |= 1
					} else {
						seen |= 2
					}
				}
				if seen != 3 {
					t.Errorf("the goroutine that died, and some that wait, were not both seen: %b", seen)
				}
			})
		}
	}
}

// asCrash is how a crashing program prints frames.
func asCrash(frames []unwind.Frame) string {
	var b strings.Builder
	for _, f := range frames {
		name := f.Func.Name
		if name == "runtime.gopanic" {
			name = "panic"
		}
		fmt.Fprintf(&b, "%s fp=%#x sp=%#x pc=%#x\n", name, f.CFA, f.SP, f.PC)
	}
	return b.String()
}

var (
	crashHead  = regexp.MustCompile(`(?m)^goroutine (\d+) gp=`)
	crashCall  = regexp.MustCompile(`^(.+)\(`) // arguments have no parentheses
	crashPlace = regexp.MustCompile(`fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+$`)
)

// printedFrames are the physical frames that a crashing program printed, by
// goroutine.
func printedFrames(stderr string) map[int]string {
	all := map[int]string{}
	for _, block := range strings.Split(stderr, "\n\n") {
		at := crashHead.FindStringSubmatchIndex(block)
		if at == nil {
			continue
		}
		var id int
		fmt.Sscan(block[at[2]:at[3]], &id)
		var b strings.Builder
		lines := strings.Split(block[at[0]:], "\n")
		for i := 1; i < len(lines); i++ {
			if strings.HasPrefix(lines[i], "...") {
				b.WriteString("frames elided\n")
				continue
			}
			place := crashPlace.FindString(lines[i])
			if m := crashCall.FindStringSubmatch(lines[i-1]); m != nil && place != "" {
				fmt.Fprintf(&b, "%s %s\n", m[1], place)
			}
		}
		if id != 0 {
			all[id] = b.String()
		}
	}
	return all
}

// inOrder checks that functions stand in frames in this order.
func inOrder(t *testing.T, frames string, names []string) {
	t.Helper()
	rest := frames
	for _, n := range names {
		i := strings.Index(rest, n+" ")
		if i < 0 {
			t.Errorf("%s is missing where it should be in\n%s", n, frames)
			return
		}
		rest = rest[i+len(n):]
	}
}
