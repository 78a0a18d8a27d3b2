package dlvext

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
)

// Sizes of the ELF64 structures that a core begins with.
// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
const (
	elfHeaderSize     = 64
	programHeaderSize = 56
	sectionHeaderSize = 64
)

// manyProgramHeaders in e_phnum says that the number did not fit in its 16
// bits and stands in sh_info of the first section header (PN_XNUM).
const manyProgramHeaders = 0xffff

// maxProgramHeaders bounds a core's mappings. Linux lets a process have
// 65,530 by default; those who raise it speak of a few hundred thousand.
const maxProgramHeaders = 1 << 22

// ErrNotELF is a file that does not begin as an ELF file does.
var ErrNotELF = errors.New("it is not an ELF file")

// elfLayout is where things stand in an ELF file, as its program headers say.
// They are read here rather than with debug/elf, which wants the section
// headers that a truncated core has lost, and takes no more than 65,534 of them.
type elfLayout struct {
	Type    elf.Type
	Machine elf.Machine
	Entry   uint64
	Phoff   uint64
	Progs   []elf.Prog64 // those whose file range and address range do not wrap around
	End     uint64       // the length the file should have for all of these
}

// progs returns the program headers of one type.
func (l *elfLayout) progs(kind elf.ProgType) []elf.Prog64 {
	var found []elf.Prog64
	for _, p := range l.Progs {
		if elf.ProgType(p.Type) == kind {
			found = append(found, p)
		}
	}
	return found
}

// readELFLayout reads the ELF header and the program headers.
func readELFLayout(v *view) (*elfLayout, error) {
	if v.size == 0 {
		return nil, errors.New("it is empty")
	}
	head, err := v.bytes(0, elfHeaderSize)
	if err != nil {
		short, _ := v.bytes(0, int(min(v.size, 4)))
		if string(short) == elf.ELFMAG {
			return nil, fmt.Errorf("it is cut off after %d bytes, within the ELF header", v.size)
		}
		return nil, ErrNotELF
	}
	if string(head[:4]) != elf.ELFMAG {
		return nil, ErrNotELF
	}
	if c := elf.Class(head[elf.EI_CLASS]); c != elf.ELFCLASS64 {
		return nil, errors.New("it is of a 32-bit process; only 64-bit processes are read")
	}
	if d := elf.Data(head[elf.EI_DATA]); d != elf.ELFDATA2LSB {
		return nil, errors.New("it is of a big-endian machine; only amd64 and arm64 are read")
	}
	var h elf.Header64
	if _, err := binary.Decode(head, binary.LittleEndian, &h); err != nil {
		return nil, err
	}
	l := &elfLayout{Type: elf.Type(h.Type), Machine: elf.Machine(h.Machine), Entry: h.Entry, Phoff: h.Phoff}

	count, err := programHeaderCount(v, &h)
	if err != nil {
		return nil, err
	}
	if count > maxProgramHeaders || (count > 0 && h.Phentsize != programHeaderSize) {
		return nil, fmt.Errorf("its ELF header is not sane: %d program headers of %d bytes", count, h.Phentsize)
	}
	if h.Phoff > uint64(v.size) || uint64(count)*programHeaderSize > uint64(v.size)-h.Phoff {
		return nil, fmt.Errorf("it is cut off after %d bytes, before its program headers: there is nothing to read", v.size)
	}
	table, err := v.bytes(int64(h.Phoff), count*programHeaderSize)
	if err != nil {
		return nil, err
	}
	for ; len(table) > 0; table = table[programHeaderSize:] {
		var p elf.Prog64
		if _, err := binary.Decode(table, binary.LittleEndian, &p); err != nil {
			return nil, err
		}
		if p.Off+p.Filesz < p.Off || p.Vaddr+p.Memsz < p.Vaddr {
			continue // no file and no process is like that
		}
		l.Progs = append(l.Progs, p)
		if kind := elf.ProgType(p.Type); kind == elf.PT_LOAD || kind == elf.PT_NOTE {
			l.End = max(l.End, p.Off+p.Filesz)
		}
	}
	return l, nil
}

func programHeaderCount(v *view, h *elf.Header64) (int, error) {
	if h.Phnum != manyProgramHeaders {
		return int(h.Phnum), nil
	}
	if h.Shoff > uint64(v.size) {
		return 0, fmt.Errorf("it is cut off after %d bytes, before the number of its mappings", v.size)
	}
	raw, err := v.bytes(int64(h.Shoff), sectionHeaderSize)
	if err != nil {
		return 0, fmt.Errorf("it is cut off after %d bytes, before the number of its mappings", v.size)
	}
	var s elf.Section64
	if _, err := binary.Decode(raw, binary.LittleEndian, &s); err != nil {
		return 0, err
	}
	return int(s.Info), nil
}

// coreGOARCH are the machines whose cores are read, by Go's names.
var coreGOARCH = map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}

// machineName names a machine as Go does, where Go has a name we know.
func machineName(m elf.Machine) string {
	if name := coreGOARCH[m]; name != "" {
		return name
	}
	return m.String()
}
