package dlvext

import (
	"errors"
	"fmt"
)

// ModuleAt returns the module within whose bounds the address lies, or nil.
func (img *Image) ModuleAt(addr uint64) *Module {
	for _, m := range img.Modules {
		if addr >= m.Start && addr < m.End {
			return m
		}
	}
	return nil
}

// Symbol finds a symbol by its exact name, in the modules' order.
func (img *Image) Symbol(name string) (addr, size uint64, ok bool) {
	for _, m := range img.Modules {
		if s, ok := m.Symbol(name); ok {
			return s.Addr, s.Size, true
		}
	}
	return 0, 0, false
}

// Type finds a type by its full name, in the modules' order.
func (img *Image) Type(name string) (*Type, error) {
	var first error
	for _, m := range img.Modules {
		t, err := m.Type(name)
		if err == nil {
			return t, nil
		}
		first = cause(first, err)
	}
	if first == nil {
		first = fmt.Errorf("type %s is %w: no module is known", name, ErrAbsent)
	}
	return nil, first
}

// Global finds a global variable by its full name, in the modules' order,
// with its type. When there is none, the Value has the error.
func (img *Image) Global(name string) Value {
	var first error
	for _, m := range img.Modules {
		t, addr, err := m.Global(name)
		if err == nil {
			return NewValue(img.Memory, t, addr)
		}
		first = cause(first, err)
	}
	if first == nil {
		first = fmt.Errorf("variable %s is %w: no module is known", name, ErrAbsent)
	}
	return failed(first)
}

// cause keeps the executable's error, the first, but for one that says more
// than that the name is absent there.
func cause(first, err error) error {
	if first == nil || errors.Is(first, ErrAbsent) && !errors.Is(err, ErrAbsent) {
		return err
	}
	return first
}
