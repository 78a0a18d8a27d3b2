package frame

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// eachPython runs a test with every CPython that is to be tested with.
func eachPython(t *testing.T, f func(t *testing.T, p testtarget.Python)) {
	t.Helper()
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			f(t, p)
		})
	}
}

// process is a target that stands still, and the means to read it.
type process struct {
	*testtarget.Target
	p      testtarget.Python
	img    *dlvext.Image
	layout *layout.Layout
	*Reader
}

func start(t *testing.T, p testtarget.Python, program string) process {
	t.Helper()
	return read(t, p, testtarget.StartPython(t, p, program))
}

func read(t testing.TB, p testtarget.Python, tg *testtarget.Target) process {
	t.Helper()
	opened, err := dlvext.OpenProcess(tg.PID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	l := layoutOf(t, p)
	img := opened.Image()
	return process{tg, p, img, l, NewReader(object.NewReader(img, l))}
}

func layoutOf(t testing.TB, p testtarget.Python) *layout.Layout {
	t.Helper()
	for minor := layout.Oldest; minor <= layout.Newest; minor++ {
		if p.AtLeast(minor) && !p.AtLeast(minor+1) {
			l, ok := layout.Table(layout.Version{Major: 3, Minor: minor})
			if !ok {
				t.Fatalf("no layout of %s", p.Name)
			}
			return l
		}
	}
	t.Fatalf("no layout of %s", p.Name)
	return nil
}

// ask decodes what the target answers to a command.
func ask[T any](t testing.TB, p process, command string) (answer T) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.Command(t, command)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// threads returns the PyThreadStates of the target by their pthread_t.
func (p process) threads(t *testing.T) map[uint64]uint64 {
	t.Helper()
	runtime, _, ok := p.img.Symbol("_PyRuntime")
	if !ok {
		t.Fatal("no _PyRuntime")
	}
	l := p.layout
	all := map[uint64]uint64{}
	interp := p.o.U64(at(runtime, l.Runtime.InterpretersHead))
	for ts := p.o.U64(at(interp, l.Interp.ThreadsHead)); ts != 0 && len(all) < 100; ts = p.o.U64(at(ts, l.Thread.Next)) {
		all[p.o.U64(at(ts, l.Thread.ThreadID))] = ts
	}
	p.noError(t)
	return all
}

func (p process) noError(t *testing.T) {
	t.Helper()
	if err := p.o.Take(); err != nil {
		t.Fatal(err)
	}
}

// sameFunction compares functions by name. To 3.10 the target knows less than
// we do of functions that are no coroutines.
func sameFunction(got, want string) bool {
	return got == want || strings.HasSuffix(got, "."+want)
}
