package dlvext

import (
	"fmt"
	"reflect"

	"github.com/go-delve/delve/pkg/proc"
	"github.com/go-delve/delve/service/api"
)

// Variable is a value of the target's program as Delve's evaluator reads it.
type Variable struct {
	Name string
	Type string // of an interface, the interface's own; the value in it is the child
	Kind reflect.Kind
	Addr uint64 // 0: it has none, or it is not known

	// Text is the whole value in one line, as Go would write it. It may hold
	// any bytes that the target has.
	Text string
	// Value is the value of a number, string or bool, without quotes.
	Value string
	// Len is how long a string, slice, array, map or channel is, which may
	// be more than was read.
	Len int64

	// Children are a struct's fields, an array's elements, a map's keys and
	// values in turn, what a pointer or interface holds.
	Children []Variable

	// Unreadable says why the value could not be read; empty: it was.
	Unreadable string
}

// Bounds limit how much of a value is read.
type Bounds struct {
	Depth  int // how far to follow pointers and nested values
	String int // bytes of one string
	Array  int // elements of one array, slice or map
	Fields int // of one struct

	Redact bool // no values of strings and buffers: redactedText stands for them
}

// DefaultBounds suit a value that is shown in a line or two.
var DefaultBounds = Bounds{Depth: 3, String: 1024, Array: 16, Fields: 32}

func (b Bounds) config() proc.LoadConfig {
	bound := func(n, most int) int { return max(0, min(n, most)) }
	return proc.LoadConfig{
		FollowPointers:     true,
		MaxVariableRecurse: bound(b.Depth, 16),
		MaxStringLen:       bound(b.String, 1<<20),
		MaxArrayValues:     bound(b.Array, 1<<12),
		MaxStructFields:    bound(b.Fields, 1<<10),
		MaxMapBuckets:      1 << 10,
	}
}

// Eval evaluates a Go expression in a frame of a goroutine, counted as
// [Image.Unwind] counts them; with goroutine 0, among the package variables
// alone. Function calls and assignments are refused.
func (img *Image) Eval(expr string, goid int64, frame int, b Bounds) (v Variable, err error) {
	err = img.withScope(goid, frame, func(scope *proc.EvalScope) error {
		v, err = eval(scope, expr, b)
		return err
	})
	return v, err
}

// FormatInterface reads the value in the interface (any, or empty interface)
// at addr: of its dynamic type, which the result's one child then has.
func (img *Image) FormatInterface(addr uint64, b Bounds) (Variable, error) {
	return img.FormatAt(addr, "interface {}", b)
}

// FormatAt reads the value of a type at addr. The type's name is as in the
// debug information: package path, not package name.
func (img *Image) FormatAt(addr uint64, typeName string, b Bounds) (Variable, error) {
	return img.Eval(fmt.Sprintf("*(*%q)(%#x)", typeName, addr), 0, 0, b)
}

// Locals returns the arguments and variables that are in scope in a frame of
// a goroutine. In optimised code many cannot be read.
func (img *Image) Locals(goid int64, frame int, b Bounds) (vars []Variable, err error) {
	err = img.withScope(goid, frame, func(scope *proc.EvalScope) error {
		vars, err = b.variables(scope)
		return err
	})
	return vars, err
}

// variables are the arguments and variables of a scope.
func (b Bounds) variables(scope *proc.EvalScope) (vars []Variable, err error) {
	args, err := scope.FunctionArguments(b.config())
	if err != nil {
		return nil, err
	}
	locals, err := scope.LocalVariables(b.config())
	for _, v := range append(args, locals...) {
		vars = append(vars, b.plain(v))
	}
	return vars, err
}

// FrameLocals is a frame's function and where it stands in it, with the
// arguments and variables in scope there.
type FrameLocals struct {
	Func string
	PC   uint64
	Vars []Variable
	Err  error // why there are no Vars, or not all
}

// StackLocals returns the variables of the innermost frames of a goroutine, at
// most depth of them, inlined ones too, as [Image.Unwind] has them.
func (img *Image) StackLocals(goid int64, depth int, b Bounds) (frames []FrameLocals, err error) {
	err = img.withGoroutine(goid, func(t *proc.Target, g *proc.G) error {
		stack, err := proc.GoroutineStacktrace(t, g, clampDepth(depth), 0)
		if err != nil {
			return err
		}
		tid := 0
		if g.Thread != nil {
			tid = g.Thread.ThreadID()
		}
		for i := range stack {
			if stack[i].Err != nil {
				return stack[i].Err
			}
			f := FrameLocals{PC: stack[i].Current.PC}
			if stack[i].Call.Fn != nil {
				f.Func = stack[i].Call.Fn.Name
			}
			f.Vars, f.Err = b.variables(proc.FrameToScope(t, t.Memory(), g, tid, stack[i:]...))
			frames = append(frames, f)
		}
		return nil
	})
	return frames, err
}

// withScope calls do with what names mean in a frame of a goroutine.
func (img *Image) withScope(goid int64, frame int, do func(*proc.EvalScope) error) error {
	if goid == 0 {
		return img.withTarget(func(t *proc.Target) error {
			return do(proc.FrameToScope(t, t.Memory(), nil, 0, proc.Stackframe{}))
		})
	}
	if frame < 0 || frame >= maxUnwind {
		return fmt.Errorf("there is no frame %d", frame)
	}
	return img.withGoroutine(goid, func(t *proc.Target, g *proc.G) error {
		// One more frame than asked for: a scope wants its caller too.
		stack, err := proc.GoroutineStacktrace(t, g, frame+1, 0)
		if err != nil {
			return err
		}
		if frame >= len(stack) {
			return fmt.Errorf("goroutine %d has no frame %d", goid, frame)
		}
		if err := stack[frame].Err; err != nil {
			return err
		}
		tid := 0
		if g.Thread != nil {
			tid = g.Thread.ThreadID()
		}
		return do(proc.FrameToScope(t, t.Memory(), g, tid, stack[frame:]...))
	})
}

func eval(scope *proc.EvalScope, expr string, b Bounds) (Variable, error) {
	v, err := scope.EvalExpression(expr, b.config())
	if err != nil {
		return Variable{}, err
	}
	if v.Unreadable != nil {
		return Variable{}, v.Unreadable
	}
	return b.plain(v), nil
}

// plain is a variable of Delve's as this package has them.
func (b Bounds) plain(v *proc.Variable) Variable {
	converted := api.ConvertVar(v)
	if b.Redact {
		redact(converted)
	}
	return plainVariable(converted)
}

// redactedText stands for what must not be seen. It is what
// [github.com/dlv-async/dlv-async/walker/graph.Redacted] is.
const redactedText = "[redacted]"

// redact takes out of a variable the text of strings and the contents of
// buffers: slices and arrays of bytes, and of runes.
func redact(v *api.Variable) {
	switch v.Kind {
	case reflect.String:
		v.Value, v.Len = redactedText, int64(len(redactedText))
		return
	case reflect.Slice, reflect.Array:
		if len(v.Children) > 0 {
			switch v.Children[0].Kind {
			case reflect.Uint8, reflect.Int8, reflect.Int32:
				v.Children = []api.Variable{{Kind: reflect.String, Value: redactedText, Len: int64(len(redactedText))}}
				return
			}
		}
	}
	if v.Unreadable != "" {
		v.Unreadable = "unreadable"
	}
	for i := range v.Children {
		redact(&v.Children[i])
	}
}

func plainVariable(v *api.Variable) Variable {
	plain := Variable{
		Name: v.Name, Type: v.Type, Kind: v.Kind, Addr: v.Addr,
		Text: v.SinglelineString(), Value: v.Value, Len: v.Len, Unreadable: v.Unreadable,
	}
	for i := range v.Children {
		plain.Children = append(plain.Children, plainVariable(&v.Children[i]))
	}
	return plain
}
