package dlvext

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
)

// Bounds of what is read of the dynamic linker's structures.
const (
	maxDynamic   = 1 << 16 // bytes of PT_DYNAMIC; real ones have some hundred
	maxLibraries = 1 << 16 // of one process; the largest have some thousand
	maxPath      = 4096    // PATH_MAX
)

// library is a shared library as the dynamic linker lists it.
type library struct {
	bias    uint64
	name    string
	dynamic uint64 // where its dynamic section is: within its mappings
}

// linkMap reads the dynamic linker's list of what it loaded, without the
// executable, its first entry. The debugger's way to it is DT_DEBUG in the
// executable's dynamic section.
// https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/link.h;hb=refs/tags/glibc-2.40
func linkMap(m Memory, exe *Module) ([]library, error) {
	debug, err := dynamicEntry(m, exe, elf.DT_DEBUG)
	if err != nil || debug == 0 {
		return nil, err
	}
	var rDebug struct{ Version, Map uint64 }
	if err := readStruct(m, debug, &rDebug); err != nil {
		return nil, err
	}
	var libs []library
	seen := map[uint64]bool{}
	for node := rDebug.Map; node != 0; {
		if seen[node] {
			return libs, errors.New("the dynamic linker's list of libraries has a cycle")
		}
		if len(seen) == maxLibraries {
			return libs, fmt.Errorf("the dynamic linker's list of libraries has more than %d entries", maxLibraries)
		}
		seen[node] = true
		var entry struct{ Addr, Name, Dynamic, Next uint64 }
		if err := readStruct(m, node, &entry); err != nil {
			return libs, err
		}
		if node != rDebug.Map {
			name, err := ReadCString(m, entry.Name, maxPath)
			if err != nil {
				return libs, err
			}
			libs = append(libs, library{bias: entry.Addr, name: name, dynamic: entry.Dynamic})
		}
		node = entry.Next
	}
	return libs, nil
}

// dynamicEntry returns the value of an entry of the executable's dynamic
// section, as the process has it; 0: there is none.
func dynamicEntry(m Memory, exe *Module, tag elf.DynTag) (uint64, error) {
	for _, s := range exe.Segments {
		if s.Type != elf.PT_DYNAMIC {
			continue
		}
		raw := make([]byte, min(s.Memsz, maxDynamic)&^15)
		if err := m.Read(s.Vaddr+exe.Bias, raw); err != nil {
			return 0, err
		}
		for ; len(raw) > 0; raw = raw[16:] {
			switch elf.DynTag(binary.LittleEndian.Uint64(raw)) {
			case elf.DT_NULL:
				return 0, nil
			case tag:
				return binary.LittleEndian.Uint64(raw[8:]), nil
			}
		}
	}
	return 0, nil
}

// readStruct fills v, a pointer to a struct of integers, from addr.
func readStruct(m Memory, addr uint64, v any) error {
	buf := make([]byte, binary.Size(v))
	if err := m.Read(addr, buf); err != nil {
		return err
	}
	_, err := binary.Decode(buf, binary.LittleEndian, v)
	return err
}
