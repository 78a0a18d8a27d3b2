package dlvext

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Note types of Linux cores that debug/elf does not name.
// https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/elf.h#L372
const (
	noteAuxv    elf.NType = 6
	noteSigInfo elf.NType = 0x53494749
	noteFile    elf.NType = 0x46494c45
	noteARMTLS  elf.NType = 0x401
)

// Types of the auxiliary vector's entries.
// https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/auxvec.h
const (
	auxPhdr   = 3  // AT_PHDR: the executable's program headers
	auxPhnum  = 5  // AT_PHNUM
	auxEntry  = 9  // AT_ENTRY
	auxExecFn = 31 // AT_EXECFN: the path given to execve
)

// Offsets in struct elf_prstatus and struct elf_prpsinfo, the same on amd64
// and arm64, which differ in the number of registers alone.
// https://github.com/torvalds/linux/blob/v6.12/include/linux/elfcore.h#L34
const (
	prstatusCursig = 12
	prstatusPID    = 32
	prstatusRegs   = 112

	prpsinfoPID  = 24
	prpsinfoName = 40 // 16 bytes
	prpsinfoArgs = 56 // 80 bytes
	prpsinfoSize = 136
)

// fileMapping is one entry of NT_FILE: a run of a file in the process's memory.
type fileMapping struct {
	Start, End uint64
	Off        uint64 // in bytes
	Path       string
	Deleted    bool // what was mapped is no more what is at Path
}

// coreNotes is what a core's notes say of the process.
type coreNotes struct {
	PID     int
	Name    string // at most 15 bytes of the executable's name
	Args    string // at most 79 bytes of the command line
	Threads []Thread
	Cursig  int // of the first thread
	Signal  *Signal
	Auxv    map[uint64]uint64
	Files   []fileMapping // by address
	Entry   uint64        // of a core that Delve wrote for no system in particular

	problems []string
}

// readCoreNotes reads the notes of a core for machine. What is cut off or
// makes no sense is left out and told in problems: a core that lost a note
// can still show the rest.
func readCoreNotes(v *view, segments []elf.Prog64, machine elf.Machine) *coreNotes {
	n := &coreNotes{Auxv: map[uint64]uint64{}}
	for _, p := range segments {
		size := p.Filesz
		if left := uint64(v.size) - min(p.Off, uint64(v.size)); size > left {
			n.problem("the core is cut off within its notes")
			size = left
		}
		if size > maxRead {
			n.problem("the core's notes are %s long, and only %s of them are read", byteCount(size), byteCount(maxRead))
			size = maxRead
		}
		raw, err := v.bytes(int64(p.Off), int(size))
		if err != nil {
			n.problem("the core's notes cannot be read: %v", err)
			continue
		}
		whole := eachNote(raw, func(_ string, kind elf.NType, desc []byte) { n.readNote(kind, desc, machine) })
		if !whole {
			n.problem("the core's notes end within one of them")
		}
	}
	return n
}

func (n *coreNotes) problem(format string, args ...any) {
	n.problems = append(n.problems, fmt.Sprintf(format, args...))
}

// eachNote calls do for the notes in raw, each a name and contents, both
// padded to four bytes, and tells whether raw ends where a note does.
// https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html#note_section
func eachNote(raw []byte, do func(name string, kind elf.NType, desc []byte)) bool {
	const header = 12
	for len(raw) >= header {
		nameLen := uint64(binary.LittleEndian.Uint32(raw))
		descLen := uint64(binary.LittleEndian.Uint32(raw[4:]))
		kind := elf.NType(binary.LittleEndian.Uint32(raw[8:]))
		desc := header + pad4(nameLen)
		if desc+descLen > uint64(len(raw)) {
			return false
		}
		do(untilNUL(raw[header:header+nameLen]), kind, raw[desc:desc+descLen])
		raw = raw[min(desc+pad4(descLen), uint64(len(raw))):]
	}
	return true
}

func pad4(n uint64) uint64 { return (n + 3) &^ 3 }

func (n *coreNotes) readNote(kind elf.NType, desc []byte, machine elf.Machine) {
	switch kind {
	case elf.NT_PRSTATUS:
		n.readThread(desc, machine)
	case elf.NT_PRPSINFO:
		if len(desc) >= prpsinfoSize {
			n.PID = int(int32(binary.LittleEndian.Uint32(desc[prpsinfoPID:])))
			n.Name = untilNUL(desc[prpsinfoName:prpsinfoArgs])
			// The kernel puts spaces between the arguments, Delve NULs.
			n.Args = string(bytes.TrimRight(desc[prpsinfoArgs:prpsinfoSize], "\x00"))
		}
	case noteAuxv:
		for ; len(desc) >= 16; desc = desc[16:] {
			if t := binary.LittleEndian.Uint64(desc); t != 0 {
				n.Auxv[t] = binary.LittleEndian.Uint64(desc[8:])
			}
		}
	case noteSigInfo:
		n.readSignal(desc)
	case noteFile:
		n.readFiles(desc)
	case noteARMTLS:
		if last := len(n.Threads) - 1; machine == elf.EM_AARCH64 && last >= 0 &&
			len(desc) >= 8 && len(n.Threads[last].Regs) == arm64Words {
			n.Threads[last].Regs = append(n.Threads[last].Regs, binary.LittleEndian.Uint64(desc))
		}
	case delveHeaderNote:
		n.readDelveHeader(desc)
	case delveThreadNote:
		n.readDelveThread(desc, machine)
	}
}

func (n *coreNotes) readThread(desc []byte, machine elf.Machine) {
	count := amd64Words
	if machine == elf.EM_AARCH64 {
		count = arm64Words
	}
	if len(desc) < prstatusRegs+8*count {
		n.problem("a thread's registers are cut short in the core")
		return
	}
	if len(n.Threads) == 0 {
		n.Cursig = int(int16(binary.LittleEndian.Uint16(desc[prstatusCursig:])))
	}
	regs := make(Registers, count)
	for i := range regs {
		regs[i] = binary.LittleEndian.Uint64(desc[prstatusRegs+8*i:])
	}
	tid := int(int32(binary.LittleEndian.Uint32(desc[prstatusPID:])))
	n.Threads = append(n.Threads, Thread{TID: tid, Regs: regs})
}

// readFiles reads NT_FILE: the number of mappings and the unit of their
// offsets, then start, end and offset of each, then their paths.
func (n *coreNotes) readFiles(desc []byte) {
	if len(desc) < 16 {
		return
	}
	count := binary.LittleEndian.Uint64(desc)
	unit := binary.LittleEndian.Uint64(desc[8:])
	desc = desc[16:]
	if count > uint64(len(desc))/24 {
		n.problem("the core's list of mapped files is not sane: %d files in %d bytes", count, len(desc))
		return
	}
	names := desc[24*count:]
	for ; count > 0; count-- {
		end := bytes.IndexByte(names, 0)
		if end < 0 {
			n.problem("the core's list of mapped files ends within a name")
			return
		}
		m := fileMapping{
			Start: binary.LittleEndian.Uint64(desc),
			End:   binary.LittleEndian.Uint64(desc[8:]),
			Off:   binary.LittleEndian.Uint64(desc[16:]) * unit,
		}
		m.Path, m.Deleted = strings.CutSuffix(string(names[:end]), " (deleted)")
		if m.Start < m.End {
			n.Files = append(n.Files, m)
		}
		desc, names = desc[24:], names[end+1:]
	}
	slices.SortStableFunc(n.Files, func(a, b fileMapping) int { return cmp.Compare(a.Start, b.Start) })
}

func untilNUL(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}
