package frame

import "github.com/dlv-async/dlv-async/walker/cpython/object"

// Local is a variable of a frame that has a value.
type Local struct {
	Name  string
	Value object.Ref
	Kind  VarKind
}

// Locals returns a frame's variables: parameters first, then locals, then
// those of enclosing functions. Those without a value are left out. So are
// those of a comprehension that 3.12 inlined, once it is over: until then they
// hide the frame's own variables of that name, as they do in the source.
//
// The body of a module or class keeps its variables in a dict; of a module
// that is the frame's Globals.
func (r *Reader) Locals(f *Frame) []Local {
	vars := r.Vars(f.Code)
	if len(vars) == 0 {
		return nil
	}
	values := r.refs(at(f.Addr, r.l.Frame.LocalsPlus), len(vars))
	if values == nil {
		return nil
	}
	out := make([]Local, 0, len(vars))
	for i, v := range vars {
		value := values[i]
		if value != 0 && v.Kind&(CellVar|FreeVar) != 0 {
			value = r.inCell(value)
		}
		if value != 0 {
			out = append(out, Local{v.Name, value, v.Kind})
		}
	}
	if r.o.Err() != nil {
		return nil
	}
	return out
}

// inCell returns what is in a cell. Before its first instructions have run, a
// frame has an argument that inner functions use not in its cell yet.
func (r *Reader) inCell(o object.Ref) object.Ref {
	if r.o.Type(o).FullName() != "cell" {
		return o
	}
	return r.field(o, r.l.Container.CellValue)
}

// Self returns a frame's first parameter: of a method the object it is called
// on. It is 0 when the function has none, and when it was deleted.
func (r *Reader) Self(f *Frame) object.Ref {
	if f.Code.ArgCount <= 0 {
		return 0
	}
	base := at(f.Addr, r.l.Frame.LocalsPlus)
	value := r.untagged(r.o.U64(base))
	vars := r.Vars(f.Code)
	if value == 0 && len(vars) > 0 { // to 3.10 one that inner functions use is in its cell alone
		for i, v := range vars {
			if v.Kind == CellVar && v.Name == vars[0].Name {
				value = r.untagged(r.o.U64(base + 8*uint64(i)))
			}
		}
	}
	if value == 0 || r.o.Err() != nil {
		return 0
	}
	return r.inCell(value)
}

// Local returns a variable by its name; 0 when it has no value.
func (r *Reader) Local(f *Frame, name string) object.Ref {
	base := at(f.Addr, r.l.Frame.LocalsPlus)
	for i, v := range r.Vars(f.Code) {
		if v.Name != name {
			continue
		}
		value := r.untagged(r.o.U64(base + 8*uint64(i)))
		if value != 0 && v.Kind&(CellVar|FreeVar) != 0 {
			value = r.inCell(value)
		}
		if value != 0 {
			return value
		}
	}
	return 0
}
