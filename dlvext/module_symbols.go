package dlvext

import (
	"cmp"
	"debug/elf"
	"slices"
	"sort"
	"sync"
)

// Symbol is an entry of a module's symbol table.
type Symbol struct {
	Name       string
	Addr, Size uint64 // the address is one in the process
}

// symbolTable holds the symbols of one module, with the file's addresses.
type symbolTable struct {
	all    []elf.Symbol
	byName map[string]int32    // index into all
	funcs  func() []elf.Symbol // by address
}

// maxSymbolBytes bounds each section that symbols are read from: ten million
// symbols, where large programs have a few hundred thousand.
const maxSymbolBytes = 1 << 28

// saneSymbols reports whether a file's symbol tables, their names and their
// versions claim no more than that.
func saneSymbols(f *elf.File) bool {
	for _, s := range f.Sections {
		switch s.Type {
		case elf.SHT_SYMTAB, elf.SHT_DYNSYM, elf.SHT_STRTAB, elf.SHT_GNU_VERSYM, elf.SHT_GNU_VERNEED, elf.SHT_GNU_VERDEF:
			if max(s.Size, s.FileSize) > maxSymbolBytes {
				return false
			}
		}
	}
	return true
}

func (m *Module) loadSymbols() *symbolTable {
	t := &symbolTable{}
	t.funcs = sync.OnceValue(t.sortFuncs)
	files := []*elf.File{m.file}
	if d := m.debug(); d.file != m.file {
		files = append(files, d.file)
	}
	for _, f := range files {
		if !saneSymbols(f) {
			continue
		}
		// An error means that there is no such table, or a broken one: both
		// are a module without these names.
		named, _ := f.Symbols()
		dynamic, _ := f.DynamicSymbols()
		for _, table := range [][]elf.Symbol{named, dynamic} {
			if t.all == nil {
				t.all = slices.DeleteFunc(table, noAddress)
			} else {
				t.all = append(t.all, slices.DeleteFunc(table, noAddress)...)
			}
		}
	}
	t.byName = make(map[string]int32, len(t.all))
	for i, s := range t.all {
		// Of several local symbols of one name the first stays, but a global
		// one is what the name means.
		old, ok := t.byName[s.Name]
		if !ok || elf.ST_BIND(t.all[old].Info) == elf.STB_LOCAL && elf.ST_BIND(s.Info) != elf.STB_LOCAL {
			t.byName[s.Name] = int32(i)
		}
	}
	return t
}

// noAddress reports whether a symbol's value is no address in the module.
func noAddress(s elf.Symbol) bool {
	switch elf.ST_TYPE(s.Info) {
	case elf.STT_TLS, elf.STT_SECTION, elf.STT_FILE:
		return true
	}
	return s.Section == elf.SHN_UNDEF || s.Section == elf.SHN_ABS || s.Name == ""
}

func (t *symbolTable) sortFuncs() []elf.Symbol {
	var funcs []elf.Symbol
	for _, s := range t.all {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC {
			funcs = append(funcs, s)
		}
	}
	// Stable: of several names for one place the first stays the first.
	slices.SortStableFunc(funcs, func(a, b elf.Symbol) int { return cmp.Compare(a.Value, b.Value) })
	return funcs
}

// Symbol returns the symbol of exactly this name, from the file's symbol
// tables or its separate debug file's.
func (m *Module) Symbol(name string) (Symbol, bool) {
	if m.file == nil {
		return Symbol{}, false
	}
	m.recording.note(aboutSymbol, name, 0)
	t := m.symbols()
	i, ok := t.byName[name]
	if !ok {
		return Symbol{}, false
	}
	s := t.all[i]
	return Symbol{Name: s.Name, Addr: s.Value + m.Bias, Size: s.Size}, true
}

// SymbolAt returns the function symbol that holds the address in the process.
func (m *Module) SymbolAt(addr uint64) (Symbol, bool) {
	if m.file == nil {
		return Symbol{}, false
	}
	m.recording.note(aboutSymbolAt, "", addr-m.Bias)
	at, funcs := addr-m.Bias, m.symbols().funcs()
	i := sort.Search(len(funcs), func(i int) bool { return funcs[i].Value > at }) - 1
	// Assembly often leaves the size out: such a symbol reaches to the next.
	if i < 0 || funcs[i].Size != 0 && at-funcs[i].Value >= funcs[i].Size {
		return Symbol{}, false
	}
	if _, ok := m.Segment(addr); !ok {
		return Symbol{}, false
	}
	s := funcs[i]
	return Symbol{Name: s.Name, Addr: s.Value + m.Bias, Size: s.Size}, true
}

// Variables returns the symbols of the module's variables, by address. A module
// of a recording has none.
func (m *Module) Variables() []Symbol {
	if m.file == nil {
		return nil
	}
	var out []Symbol
	for _, s := range m.symbols().all {
		if elf.ST_TYPE(s.Info) == elf.STT_OBJECT && s.Size > 0 {
			out = append(out, Symbol{Name: s.Name, Addr: s.Value + m.Bias, Size: s.Size})
		}
	}
	slices.SortStableFunc(out, func(a, b Symbol) int { return cmp.Compare(a.Addr, b.Addr) })
	return out
}
