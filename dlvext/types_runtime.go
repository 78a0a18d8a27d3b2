package dlvext

import (
	"debug/dwarf"
	"fmt"
	"reflect"
	"strings"
)

// RuntimeType returns the type that the Go runtime describes at an address: an
// internal/abi.Type, as interfaces and the headers of objects name them. An
// error that wraps [ErrAbsent] says that the debug information has no such type.
// A recording has none of them.
func (img *Image) RuntimeType(addr uint64) (*Type, error) {
	m := img.ModuleAt(addr)
	if m == nil || m.file == nil || m.answers != nil {
		return nil, fmt.Errorf("the type at %#x is %w", addr, ErrAbsent)
	}
	base, ok := m.Symbol("runtime.types")
	if !ok || addr < base.Addr {
		return nil, fmt.Errorf("the type at %#x is %w of %s", addr, ErrAbsent, m.Path)
	}
	x, err := m.types()
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.findType("") // has the units with types scanned
	t := x.make(x.described[addr-base.Addr], 0)
	if t == nil {
		return nil, fmt.Errorf("the type at %#x is %w of %s", addr, ErrAbsent, m.Path)
	}
	return t, nil
}

// Closure returns what a Go function value points to, by the address of the
// function: a structure whose fields are the variables that the function captured,
// of which those captured by reference are pointers. An error that wraps
// [ErrAbsent] says that it is not known: of functions that could be inlined
// the debug information does not tell, nor does that of Go before 1.23.
func (img *Image) Closure(pc uint64) (*Type, error) {
	m := img.ModuleAt(pc)
	if m == nil || m.answers != nil {
		return nil, fmt.Errorf("the function at %#x is %w", pc, ErrAbsent)
	}
	s, ok := m.SymbolAt(pc)
	if !ok || s.Addr != pc {
		return nil, fmt.Errorf("the function at %#x is %w of %s", pc, ErrAbsent, m.Path)
	}
	x, err := m.types()
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	t, known := x.closures[s.Name]
	if !known {
		t = x.closure(s.Name, pc-m.Bias)
		x.closures[s.Name] = t
	}
	if t == nil {
		return nil, fmt.Errorf("what %s captured is %w of %s", s.Name, ErrAbsent, m.Path)
	}
	return t, nil
}

// closure makes the structure that a function's value points to. x.mu is held.
func (x *typeIndex) closure(name string, pc uint64) *Type {
	t := &Type{Name: "closure of " + plainName(name), Kind: reflect.Struct, Size: 8}
	if receiver, ok := boundTo(plainName(name)); ok {
		x.findType(receiver)
		t.add(Field{Name: "receiver", Offset: 8, Type: x.make(x.named[receiver], 0)})
		return t.orNone()
	}
	e, r := x.entry(x.findFunction(name))
	if e == nil || !e.Children {
		return nil
	}
	// Several functions may go by one name, when they are made of a generic one.
	if low, ok := e.Val(dwarf.AttrLowpc).(uint64); !ok || low != pc {
		return nil
	}
	for range maxFields {
		e, err := r.Next()
		if err != nil || e == nil || e.Tag == 0 || e.Children && !skipChildren(r) {
			break
		}
		offset, captured := e.Val(attrGoClosureOffset).(int64)
		if captured && offset > 0 && offset < maxLoad {
			name, _ := e.Val(dwarf.AttrName).(string)
			t.add(Field{Name: name, Offset: offset, Type: x.make(reference(e, dwarf.AttrType), 0)})
		}
	}
	return t.orNone()
}

// add adds a field behind those that a structure has.
func (t *Type) add(f Field) {
	if f.Type != nil && f.Type.Size >= 0 && f.Type.Size < maxLoad {
		t.fields = append(t.fields, f)
		t.Size = max(t.Size, f.Offset+f.Type.Size)
	}
}

// orNone is a structure that has fields; another is none.
func (t *Type) orNone() *Type {
	if len(t.fields) == 0 {
		return nil
	}
	return t
}

// boundTo is the type of the receiver of a method value, by the name of the
// function that the compiler makes for it: pkg.T.M-fm, pkg.(*T).M-fm.
func boundTo(name string) (receiver string, ok bool) {
	name, ok = strings.CutSuffix(name, "-fm")
	dot := strings.LastIndexByte(name, '.')
	if !ok || dot < 0 || strings.Contains(name, "[") {
		return "", false
	}
	name = name[:dot]
	if pkg, pointer, ok := strings.Cut(name, ".(*"); ok {
		return "*" + pkg + "." + strings.TrimSuffix(pointer, ")"), true
	}
	return name, strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ".")
}

// findFunction finds the description of a function in the unit of its package.
func (x *typeIndex) findFunction(name string) dwarf.Offset {
	plain := plainName(name)
	slash := strings.LastIndexByte(plain, '/') + 1
	for _, u := range x.units {
		// A package's path may have dots in its last element: gopkg.in/yaml.v3.
		if u.language != languageGo || len(u.name) < slash || !strings.HasPrefix(plain, u.name+".") {
			continue
		}
		if x.functions[u] == nil {
			all := map[string]dwarf.Offset{}
			x.functions[u] = all
			_ = u.scan(x.sections, func(t dwarf.Tag) bool { return t == dwarf.TagSubprogram }, func(e entry) {
				if _, ok := all[plainName(e.name)]; !ok {
					all[plainName(e.name)] = e.offset
				}
			})
		}
		if offset, ok := x.functions[u][plain]; ok {
			return offset
		}
	}
	return 0
}
