package frame

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// toldManagers is what frames_with.py says of itself.
type toldManagers struct {
	Tasks map[string]struct {
		Coroutine object.Ref
		Managers  []toldManager
	}
	Threads map[uint64][]toldManager
}

type toldManager struct {
	Function string
	Line     int
	Object   object.Ref
	State    string
	Async    bool
	Within   int
}

func (m toldManager) String() string {
	return fmt.Sprintf("%s:%d %s %#x async=%t within %d", m.Function, m.Line, m.State, m.Object, m.Async, m.Within)
}

// Every with statement that is open is found, with its manager and where it
// stands, and nothing else.
func TestManagers(t *testing.T) {
	eachPython(t, func(t *testing.T, py testtarget.Python) {
		p := start(t, py, "frames_with.py")
		want := ask[toldManagers](t, p, "managers")
		for name, task := range want.Tasks {
			t.Run(name, func(t *testing.T) {
				links, _ := p.Chain(task.Coroutine, nil)
				var frames []*Frame
				for i := range links {
					frames = append(frames, &links[i].Frame)
				}
				compareManagers(t, p, frames, task.Managers)
			})
		}
		states := p.threads(t)
		for ident, managers := range want.Threads {
			stack, _ := p.Thread(states[ident])
			var frames []*Frame
			for i := range slices.Backward(stack) {
				frames = append(frames, &stack[i])
			}
			compareManagers(t, p, frames, managers)
		}
	})
}

// compareManagers compares the managers of frames, outermost first, but those
// in frames of modules that are not the program's.
func compareManagers(t *testing.T, p process, frames []*Frame, want []toldManager) {
	t.Helper()
	var got []toldManager
	for i, f := range frames {
		if !strings.HasPrefix(f.Func, "__main__.") {
			continue
		}
		var next *Frame
		if i+1 < len(frames) {
			next = frames[i+1]
		}
		for _, m := range p.Managers(f, next) {
			got = append(got, toldManager{m.Frame.Code.Name, m.Line, m.Object, m.State.String(), m.Async, m.Within})
		}
	}
	p.noError(t)
	if !p.p.AtLeast(10) {
		// The compiler did not leave lines of with statements where we look.
		for i := range got {
			if got[i].Line != 0 && got[i].State != "entering" {
				t.Errorf("a line is known: %v", got[i])
			}
			got[i].Line = 0
		}
		want = slices.Clone(want)
		for i := range want {
			want[i].Line = 0
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
