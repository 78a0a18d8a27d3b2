package frame

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Manager is the context manager of a with or async with statement that is
// open in a frame.
type Manager struct {
	Object object.Ref
	Async  bool
	State  ManagerState
	Frame  *Frame // where the statement stands
	Line   int    // of the statement; 0: not known, as to 3.9

	// Within is the index, in the same list, of the manager through which this
	// one was opened: an exit stack, or a generator under
	// contextlib.contextmanager; -1: none.
	Within int
}

// ManagerState tells where a with statement stands.
type ManagerState uint8

// The states.
const (
	Inside   ManagerState = iota // its body runs, and it will be left
	Entering                     // __enter__ or __aenter__ has not returned
	Exiting                      // __exit__ or __aexit__ has not returned
)

func (s ManagerState) String() string {
	return [...]string{"inside", "entering", "exiting"}[min(s, Exiting)]
}

// Managers returns the context managers of the with statements that are open
// in a frame, outermost first, those within contextlib's wrappers and exit
// stacks after these. next is the frame that f awaits or calls, nil if none.
//
// An open with statement keeps the means to leave it on its frame's value
// stack: a bound method __exit__ or __aexit__ to 3.13, from 3.14 on the function
// and the manager. One that is entered is told from one whose body runs by the
// blocks that are open.
//
//   - https://github.com/python/cpython/blob/v3.8.18/Python/ceval.c#L3138 (SETUP_WITH)
//   - https://github.com/python/cpython/blob/v3.12.1/Python/bytecodes.c#L2440 (BEFORE_WITH)
//   - https://github.com/python/cpython/blob/v3.14.0/Python/codegen.c (codegen_with_inner)
func (r *Reader) Managers(f, next *Frame) []Manager {
	own := r.ownManagers(f)
	own = r.calls(own, f, next)
	if r.o.Err() != nil {
		return nil
	}
	for i := 0; i < len(own) && i < maxManagers; i++ {
		if own[i].State == Inside {
			own = r.within(own, i)
		}
	}
	return own
}

const (
	maxManagers  = 1 << 10 // of one frame
	maxYieldFrom = 16      // generators in which a manager's generator yields
)

// ownManagers returns the managers on a frame's value stack.
func (r *Reader) ownManagers(f *Frame) []Manager {
	if f.Native {
		return nil
	}
	bottom, n, whole := r.depth(f)
	if r.o.Err() != nil || whole && (n == 0 || f.State == Awaiting && n <= r.l.Gen.AwaitedDepth) {
		return nil
	}
	blocks := r.blocks(f)
	deepest := 0
	for _, b := range blocks {
		deepest = max(deepest, b.depth)
	}
	if !whole {
		n = min(deepest, maxStack)
	}
	if n < 0 || deepest == 0 && f.State != Awaiting {
		return nil
	}
	values := r.refs(bottom, n)
	var out []Manager
	for i := 0; i < len(values); i++ {
		m, width, ok := r.exit(values[i:])
		if !ok {
			continue
		}
		m.Frame, m.Within = f, -1
		if b, open := outermost(blocks, i+width); open {
			m.Line = r.lineOf(f, b)
			out = append(out, m)
		} else if m.Async && f.State == Awaiting && i+width == n-r.l.Gen.AwaitedDepth && r.opensAfter(f, i+width) {
			m.State, m.Line = Entering, f.Line
			out = append(out, m)
		}
		i += width - 1
	}
	return out
}

// outermost returns the outermost block of this depth: of those that stand in
// the body of a with statement with nothing further on the stack, such as try
// statements, the with statement is the outermost.
func outermost(blocks []block, depth int) (found block, ok bool) {
	for _, b := range blocks {
		if b.depth < depth {
			break // around the statement
		}
		if b.depth == depth {
			found, ok = b, true
		}
	}
	return found, ok
}

// lineOf returns the line of the with statement whose block it is: that of its
// handler, but to 3.9, whose compiler left that to chance.
func (r *Reader) lineOf(f *Frame, b block) int {
	if r.l.Code.LineFormat == layout.Lnotab || b.target < 0 {
		return 0
	}
	return f.Code.Line(b.target)
}

// exit tells whether what stands at the start of values leaves a with
// statement, and in how many places.
func (r *Reader) exit(values []object.Ref) (m Manager, width int, ok bool) {
	fn := values[0]
	if fn == 0 {
		return Manager{}, 0, false
	}
	var name string
	width = 1
	switch r.o.Type(fn).FullName() {
	case "method":
		inner, self, _ := r.o.Method(fn)
		m.Object, name = self, r.callableName(inner)
	case "builtin_function_or_method", "builtin_method":
		n, self, _ := r.o.Builtin(fn)
		m.Object, name = self, n
	default:
		if !r.l.Frame.Tagged || len(values) < 2 || values[1] == 0 {
			return Manager{}, 0, false
		}
		m.Object, name, width = values[1], r.callableName(fn), 2
	}
	if r.l.Frame.Tagged && width == 1 {
		width = 2 // NULL takes the place of the manager
		if len(values) < 2 || values[1] != 0 {
			return Manager{}, 0, false
		}
	}
	m.Async = name == "__aexit__"
	ok = r.o.Err() == nil && m.Object != 0 && (m.Async || name == "__exit__")
	return m, width, ok
}

// callableName returns the name of a function, of Python or C; empty when it
// is neither.
func (r *Reader) callableName(fn object.Ref) string {
	switch r.o.Type(fn).FullName() {
	case "function":
		q := r.o.Function(fn).Qualname
		return q[strings.LastIndexByte(q, '.')+1:]
	case "method_descriptor":
		return r.o.Str(r.field(fn, r.l.Object.Header+8)) // d_name
	case "builtin_function_or_method":
		name, _, _ := r.o.Builtin(fn)
		return name
	default:
		return ""
	}
}

// calls adds what the frame that f calls tells: the methods that enter and
// leave a manager.
func (r *Reader) calls(own []Manager, f, next *Frame) []Manager {
	if next == nil || r.o.Err() != nil {
		return own
	}
	var state ManagerState
	switch next.Code.Name {
	case "__enter__", "__aenter__":
		state = Entering
	case "__exit__", "__aexit__":
		state = Exiting
	default:
		return own
	}
	self := r.Self(next)
	if self == 0 || f.Code.Name == next.Code.Name && r.Self(f) == self { // super().__aenter__()
		return own
	}
	line := f.Line
	if state == Exiting && r.l.Code.LineFormat == layout.Lnotab {
		line = 0
	}
	for i := len(own) - 1; i >= 0; i-- {
		if own[i].Object == self && (own[i].State == state || state == Exiting && own[i].State == Inside) {
			own[i].State, own[i].Line = state, line // after an exception the method stays on the stack
			return own
		}
	}
	async := strings.HasPrefix(next.Code.Name, "__a")
	return append(own, Manager{Object: self, Async: async, State: state, Frame: f, Line: line, Within: -1})
}

// Opened returns the managers that are open through one of contextlib's that
// stands in no with statement: what an exit stack has entered, what a generator
// has open at its yield.
func (r *Reader) Opened(manager object.Ref) []Manager {
	all := []Manager{{Object: manager, Within: -1}}
	for i := 0; i < len(all) && i < maxManagers; i++ {
		all = r.within(all, i)
	}
	if r.o.Err() != nil {
		return nil
	}
	return all[1:]
}

// within appends the managers that the i-th one has opened.
func (r *Reader) within(all []Manager, i int) []Manager {
	m := all[i]
	t := r.o.Type(m.Object)
	switch {
	case t.Inherits("contextlib._GeneratorContextManagerBase"):
		gen := r.o.Attr(m.Object, "gen")
		if gen == 0 || r.o.Err() != nil {
			return all
		}
		for range maxYieldFrom {
			f, state := r.Generator(gen)
			if state != Suspended && (state != Awaiting || f.Kind != Generator) {
				return all // it runs, and is in the chain by itself; or is done
			}
			for _, inner := range r.ownManagers(&f) {
				inner.Within = i
				all = append(all, inner)
			}
			if state == Suspended {
				return all
			}
			if gen = r.awaited(&f); gen == 0 {
				return all
			}
			if _, ok := r.kindOf(gen); !ok {
				return all
			}
		}
	case t.Inherits("contextlib._BaseExitStack"):
		for _, callback := range r.exitCallbacks(m.Object) {
			callback.Frame, callback.Line, callback.Within = m.Frame, 0, i
			all = append(all, callback)
		}
	}
	return all
}

// exitCallbacks returns the managers that an exit stack has entered, in that
// order. Other callbacks are none.
//
// https://github.com/python/cpython/blob/v3.12.1/Lib/contextlib.py#L468
func (r *Reader) exitCallbacks(stack object.Ref) []Manager {
	callbacks := r.o.Attr(stack, "_exit_callbacks")
	if callbacks == 0 || r.o.Err() != nil {
		return nil
	}
	var out []Manager
	for _, pair := range r.o.Deque(callbacks) {
		items := r.o.Tuple(pair)
		if len(items) != 2 || len(out) == maxManagers {
			continue
		}
		var name string
		fn, self, ok := r.o.Method(items[1])
		if ok {
			name = r.callableName(fn)
		} else { // 3.15 makes one of C of a method of C
			name, self, _ = r.o.Builtin(items[1])
		}
		switch name {
		case "__exit__", "__aexit__":
			out = append(out, Manager{Object: self, Async: name == "__aexit__"})
		}
	}
	return out
}
