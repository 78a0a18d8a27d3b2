package dlvext

import (
	"debug/dwarf"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// typeIndex finds the types and global variables of one module by name.
//
// Go's linker puts all of a program's types into one unit, and that is one
// of those named runtime (movetomodule in
// https://github.com/golang/go/blob/go1.26.0/src/cmd/link/internal/ld/dwarf.go#L1045);
// a package's variables are in a unit named by its path. So units are scanned
// when a name leads to them, and the many that hold functions alone never.
type typeIndex struct {
	path     string // of the file, for errors
	data     *dwarf.Data
	sections map[string][]byte
	units    []*unit

	mu      sync.Mutex
	scanned map[*unit]bool
	named   map[string]dwarf.Offset // types
	globals map[string]dwarf.Offset // variables
	types   map[dwarf.Offset]*Type

	described map[uint64]dwarf.Offset // types, by where the runtime describes them
	closures  map[string]*Type        // by the function's name; nil: not known
	functions map[*unit]map[string]dwarf.Offset
}

const languageGo = 0x16

func (m *Module) loadTypes() (*typeIndex, error) {
	d := m.debug()
	data, sections, err := d.loadDWARF()
	if errors.Is(err, ErrAbsent) {
		return nil, fmt.Errorf("%w of %s, which was built without", err, d.path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the debug information of %s: %w", d.path, err)
	}
	units, err := scanUnits(sections)
	if err != nil && len(units) == 0 {
		return nil, fmt.Errorf("cannot read the debug information of %s: %w", d.path, err)
	}
	return &typeIndex{
		path: m.Path, data: data, sections: sections, units: units,
		scanned: map[*unit]bool{}, named: map[string]dwarf.Offset{},
		globals: map[string]dwarf.Offset{}, types: map[dwarf.Offset]*Type{},
		described: map[uint64]dwarf.Offset{}, closures: map[string]*Type{}, functions: map[*unit]map[string]dwarf.Offset{},
	}, nil
}

// Type returns the type of this full name: runtime.g, *runtime.g, uint64.
// An error that wraps [ErrAbsent] says that the module has none.
func (m *Module) Type(name string) (*Type, error) {
	if m.file == nil {
		return nil, m.noFile()
	}
	m.recording.note(aboutType, name, 0)
	if m.answers != nil {
		t, _, err := m.answers.find(m.answers.module.Types, "type", name)
		return t, err
	}
	x, err := m.types()
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", name, err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	offset, ok := x.findType(name)
	if !ok {
		return nil, fmt.Errorf("type %s is %w of %s", name, ErrAbsent, x.path)
	}
	t := x.make(offset, 0)
	if t == nil {
		return nil, fmt.Errorf("type %s: %w of %s", name, errDWARF, x.path)
	}
	return t, nil
}

// Global returns the type of a global variable and its address in the
// process. An error that wraps [ErrAbsent] says that the module has none.
func (m *Module) Global(name string) (*Type, uint64, error) {
	if m.file == nil {
		return nil, 0, m.noFile()
	}
	m.recording.note(aboutGlobal, name, 0)
	if m.answers != nil {
		return m.answers.find(m.answers.module.Globals, "variable", name)
	}
	x, err := m.types()
	if err != nil {
		return nil, 0, fmt.Errorf("variable %s: %w", name, err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	offset, ok := x.findGlobal(name)
	if !ok {
		return nil, 0, fmt.Errorf("variable %s is %w of %s", name, ErrAbsent, x.path)
	}
	e, _ := x.entry(offset)
	t := x.make(reference(e, dwarf.AttrType), 0)
	if t == nil {
		return nil, 0, fmt.Errorf("variable %s: %w of %s", name, errDWARF, x.path)
	}
	linkName, _ := e.Val(dwarf.AttrName).(string)
	if s, ok := m.Symbol(linkName); ok {
		return t, s.Addr, nil
	}
	if addr, ok := x.location(e); ok {
		return t, addr + m.Bias, nil
	}
	return nil, 0, fmt.Errorf("the address of %s is %w of %s", name, ErrAbsent, x.path)
}

func (x *typeIndex) findType(name string) (dwarf.Offset, bool) {
	x.scanAll(func(u *unit) bool { return u.name == "runtime" && u.language == languageGo })
	if offset, ok := x.named[name]; ok {
		return offset, true
	}
	// What Go's own types are not, those of another language may be.
	goTypes := len(x.named) > 0
	x.scanAll(func(u *unit) bool { return !goTypes || u.language != languageGo })
	offset, ok := x.named[name]
	return offset, ok
}

func (x *typeIndex) findGlobal(name string) (dwarf.Offset, bool) {
	pkg := name[:max(strings.LastIndexByte(name, '.'), 0)]
	x.scanAll(func(u *unit) bool { return u.name == pkg })
	if offset, ok := x.globals[name]; ok {
		return offset, true
	}
	x.scanAll(func(u *unit) bool { return true })
	offset, ok := x.globals[name]
	return offset, ok
}

// scanAll scans the units that are wanted and were not scanned before.
func (x *typeIndex) scanAll(want func(*unit) bool) {
	for _, u := range x.units {
		if x.scanned[u] || !want(u) {
			continue
		}
		x.scanned[u] = true
		// An error ends the unit's scan, and what is named before it stays:
		// what is not found is said to be absent.
		_ = u.scan(x.sections, wanted, func(e entry) {
			if _, ok := x.described[e.typ]; e.typ != 0 && !ok {
				x.described[e.typ] = e.offset
			}
			to := x.named
			if e.tag == dwarf.TagVariable {
				to = x.globals
			}
			// A structure and its typedef have one name in Go; and of several
			// units' the first counts.
			name := plainName(e.name)
			if _, ok := to[name]; !ok {
				to[name] = e.offset
			}
		})
	}
}

// plainName is a name as people write it. Go's linker writes the dots in the
// last element of an import path as %2e: gopkg.in/yaml%2ev3.Node. (All else
// that it escapes does not occur in import paths.)
func plainName(name string) string { return strings.ReplaceAll(name, "%2e", ".") }

func wanted(tag dwarf.Tag) bool {
	switch tag {
	case dwarf.TagVariable, dwarf.TagStructType, dwarf.TagTypedef, dwarf.TagBaseType, dwarf.TagPointerType, dwarf.TagArrayType,
		dwarf.TagUnionType, dwarf.TagClassType, dwarf.TagEnumerationType, dwarf.TagSubroutineType:
		return true
	}
	return false
}

// entry reads one entry; nil when there is none at the offset. The reader
// stands before its children.
func (x *typeIndex) entry(offset dwarf.Offset) (*dwarf.Entry, *dwarf.Reader) {
	r := x.data.Reader()
	r.Seek(offset)
	e, err := r.Next()
	if err != nil || e == nil || e.Offset != offset {
		return nil, nil
	}
	return e, r
}

// reference is the offset that an attribute refers to; 0, which is no
// entry's, when it has none.
func reference(e *dwarf.Entry, attr dwarf.Attr) dwarf.Offset {
	if e == nil {
		return 0
	}
	offset, _ := e.Val(attr).(dwarf.Offset)
	return offset
}

// location is the address that a variable's location expression states, when
// it states no more than that: DW_OP_addr or DW_OP_addrx.
func (x *typeIndex) location(e *dwarf.Entry) (uint64, bool) {
	expr, _ := e.Val(dwarf.AttrLocation).([]byte)
	if len(expr) == 0 {
		return 0, false
	}
	c := decoder{data: expr, pos: 1}
	switch expr[0] {
	case 0x03: // DW_OP_addr
		addr := c.uint(8)
		return addr, !c.bad
	case 0xa1: // DW_OP_addrx
		i := c.uleb()
		table := x.sections[".debug_addr"]
		for _, u := range x.units {
			if int(e.Offset) < u.start || int(e.Offset) >= u.end || i > uint64(len(table)) || u.addrBase > uint64(len(table)) || c.bad {
				continue
			}
			a := decoder{data: table, pos: int(u.addrBase)}
			a.skip(8 * i)
			addr := a.uint(8)
			return addr, !a.bad
		}
	}
	return 0, false
}
