package frame

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// told is what frames_shapes.py says of itself.
type told struct {
	Tasks   map[string]toldTask
	Threads map[uint64][]toldFrame
	Created toldTask
	Running map[string]object.Ref
	Done    object.Ref

	Traceback object.Ref
	Raised    []toldPlace
	Tracked   object.Ref
	Origin    []toldPlace
}

type toldPlace Place

func (p *toldPlace) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&p.Func, &p.File, &p.Line})
}

type toldTask struct {
	Coroutine object.Ref
	Chain     []toldFrame
	Leaf      object.Ref
	LeafType  string `json:"leaf_type"`
}

type toldFrame struct {
	testtarget.PythonFrame
	Offset int
	Locals map[string]object.Ref
}

// Chains, places and variables of every shape of await are what the
// interpreter says they are.
func TestChains(t *testing.T) {
	eachPython(t, func(t *testing.T, py testtarget.Python) {
		p := start(t, py, "frames_shapes.py")
		want := ask[told](t, p, "frames")
		for name, task := range want.Tasks {
			t.Run(name, func(t *testing.T) {
				links, leaf := p.Chain(task.Coroutine, nil)
				p.noError(t)
				compareChain(t, p, links, task.Chain)
				compareLeaf(t, leaf, name, task)
				if via, ok := between[name]; ok && links[1].Via != via {
					t.Errorf("%s stands before %s, and not %s", links[1].Via, links[1].Func, via)
				}
			})
		}
		links, leaf := p.Chain(want.Created.Coroutine, nil)
		compareChain(t, p, links, want.Created.Chain)
		if leaf.Kind != AtStart {
			t.Errorf("the coroutine that was not begun ends at %v", leaf)
		}
		links, leaf = p.Chain(want.Done, nil)
		if len(links) != 0 || leaf.Kind != AtNothing {
			t.Errorf("the coroutine that is done has %d links and ends at %v", len(links), leaf)
		}
		p.noError(t)
	})
}

// between is what stands between the first and the second frame of a chain.
var between = map[string]string{
	"async_for":         "async_generator_asend",
	"asend":             "async_generator_asend",
	"athrow":            "async_generator_athrow",
	"aclose":            "async_generator_athrow",
	"next_one":          "async_generator_asend",
	"next_or_default":   "async_generator_asend",
	"through_generator": "",
	"ByGenerator":       "",
	"ByWrapper":         "coroutine_wrapper",
}

// Frames of an exception, and where a coroutine was made.
func TestRaisedAndOrigin(t *testing.T) {
	eachPython(t, func(t *testing.T, py testtarget.Python) {
		p := start(t, py, "frames_shapes.py")
		want := ask[told](t, p, "frames")
		var raised, origin []toldPlace
		for _, f := range p.Raised(want.Traceback) {
			raised = append(raised, toldPlace{f.Code.Name, f.Code.File, f.Line})
			if name := "__main__.Raises." + f.Code.Name; f.Func != name {
				t.Errorf("got %s, want %s", f.Func, name)
			}
		}
		for _, o := range p.Origin(want.Tracked) {
			origin = append(origin, toldPlace(o))
		}
		p.noError(t)
		if !slices.Equal(raised, want.Raised) {
			t.Errorf("raised in %v, want %v", raised, want.Raised)
		}
		if !slices.Equal(origin, want.Origin) || len(origin) < 2 {
			t.Errorf("made in %v, want %v", origin, want.Origin)
		}
		if o := p.Origin(want.Created.Coroutine); o != nil {
			t.Errorf("a coroutine that keeps no origin was made in %v", o)
		}
	})
}

func compareLeaf(t *testing.T, leaf Leaf, name string, want toldTask) {
	t.Helper()
	switch {
	case name == "python_future":
		if leaf.Kind != AtYield {
			t.Errorf("ends at %v, and not where Future.__await__ yields", leaf)
		}
	case want.LeafType == "_asyncio.Future" || want.LeafType == "asyncio.tasks._GatheringFuture":
		if leaf.Kind != AtFuture || leaf.Object != want.Leaf {
			t.Errorf("ends at %v, and not at the future %#x", leaf, want.Leaf)
		}
	default:
		if leaf.Kind != AtForeign || leaf.Object != want.Leaf || leaf.Type.FullName() != want.LeafType {
			t.Errorf("ends at %v, and not at the %s %#x", leaf, want.LeafType, want.Leaf)
		}
	}
}

func compareChain(t *testing.T, p process, links []Link, want []toldFrame) {
	t.Helper()
	if len(links) != len(want) {
		t.Errorf("got %v, want %v", functions(links), want)
		return
	}
	for i := range links {
		compareFrame(t, p, &links[i].Frame, want[i])
		if links[i].Gen == 0 {
			t.Errorf("%s has no generator", links[i].Func)
		}
	}
}

func functions(links []Link) (names []string) {
	for _, l := range links {
		names = append(names, l.Func)
	}
	return names
}

// compareFrame compares what the target told of a frame with what we read.
func compareFrame(t *testing.T, p process, f *Frame, want toldFrame) {
	t.Helper()
	function := want.Function
	if name := function[strings.LastIndexByte(function, '.')+1:]; name != f.Code.Name {
		function = function[:len(function)-len(name)] + f.Code.Name // a generator that functools.wraps renamed
	}
	if p.p.AtLeast(11) && f.Gen == 0 || !strings.Contains(f.Func, "wrapper") && f.Gen != 0 {
		if f.Func != want.Module+"."+function {
			t.Errorf("got %s, want %s.%s", f.Func, want.Module, function)
		}
	} else if !sameFunction(f.Func, f.Code.Name) || !strings.HasPrefix(f.Func, want.Module+".") {
		t.Errorf("got %s, want %s of %s", f.Func, f.Code.Name, want.Module)
	}
	if f.Code.File != want.File || f.Line != want.Line || f.Offset != want.Offset {
		t.Errorf("%s: got %s:%d, offset %d, want %s:%d, %d", f.Func, f.Code.File, f.Line, f.Offset, want.File, want.Line, want.Offset)
	}
	if want.Locals == nil {
		return
	}
	got := map[string]object.Ref{}
	for _, l := range p.Locals(f) {
		got[l.Name] = l.Value
		if v := p.Local(f, l.Name); v != l.Value {
			t.Errorf("%s: %s is %#x by its name, and %#x in the list", f.Func, l.Name, v, l.Value)
		}
	}
	if !maps.Equal(got, want.Locals) {
		t.Errorf("%s: got variables %v, want %v", f.Func, listed(got), listed(want.Locals))
	}
	if self, ok := want.Locals["self"]; ok && f.Code.ArgCount > 0 && p.Vars(f.Code)[0].Name == "self" && p.Self(f) != self {
		t.Errorf("%s: self is %#x, want %#x", f.Func, p.Self(f), self)
	}
}

func listed(m map[string]object.Ref) (out []string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s=%#x", k, m[k]))
	}
	return out
}

// The stacks of threads are what sys._current_frames says, through C and
// through loops; and a chain of awaits goes on in the calls of what runs.
func TestThreads(t *testing.T) {
	eachPython(t, func(t *testing.T, py testtarget.Python) {
		p := start(t, py, "frames_shapes.py")
		want := ask[told](t, p, "frames")
		states := p.threads(t)
		var running Running
		for ident, frames := range want.Threads {
			if frames[0].Function == "select" || frames[0].Function == "EpollSelector.select" {
				continue // the loop may have gone around since
			}
			got, cut := p.Thread(states[ident])
			p.noError(t)
			if cut || len(got) != len(frames) {
				t.Fatalf("thread %#x: got %d frames (cut: %t), want %v", ident, len(got), cut, frames)
			}
			for i := range got {
				compareFrame(t, p, &got[i], frames[i])
			}
			running.Add(states[ident], got)
		}
		tasks := slices.Collect(maps.Values(want.Running))
		running.IsTask = func(gen object.Ref) bool { return slices.Contains(tasks, gen) }

		links, leaf := p.Chain(want.Running["running"], &running)
		got := strings.Join(functions(links), " ")
		if got != "__main__.eternal_running __main__.running __main__.Server.serve __main__.Server.take __main__.Server.make __main__."+blockName(py) {
			t.Errorf("the chain of the task that runs is %s", got)
		}
		if leaf.Kind != AtCall || leaf.Thread == 0 || leaf.Thread != running.On(want.Running["running"]) {
			t.Errorf("the task that runs ends at %v", leaf)
		}
		links, leaf = p.Chain(want.Running["running"], nil)
		if len(links) != 1 || leaf.Kind != AtCall || leaf.Thread != 0 {
			t.Errorf("without threads the chain of the task that runs is %v, and ends at %v", functions(links), leaf)
		}
		if !py.AtLeast(12) {
			return
		}
		links, leaf = p.Chain(want.Running["parent"], &running)
		got = strings.Join(functions(links), " ")
		if !strings.HasPrefix(got, "__main__.eager_loop.<locals>.start __main__.parent asyncio.tasks.create_task") || strings.Contains(got, "eagerly_started") {
			t.Errorf("the chain of the parent is %s", got)
		}
		if leaf.Kind != AtOther {
			t.Errorf("the chain of the parent ends at %v", leaf)
		}
		links, child := p.Chain(leaf.Object, &running)
		if got := strings.Join(functions(links), " "); got != "__main__.eagerly_started __main__.Server.block" || child.Kind != AtCall {
			t.Errorf("the chain of the child is %s, and ends at %v", got, child)
		}
		p.noError(t)
	})
}

// blockName is the name of a static method: to 3.10 it is not known of which class.
func blockName(py testtarget.Python) string {
	if py.AtLeast(11) {
		return "Server.block"
	}
	return "block"
}
