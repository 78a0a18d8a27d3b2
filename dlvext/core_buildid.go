package dlvext

import (
	"debug/elf"
)

// maxBuildNotes bounds a segment with a build id. It takes some hundred bytes.
const maxBuildNotes = 1 << 16

// gnuNoteSize is the size of a note with a GNU build id of 20 bytes.
const gnuNoteSize = 12 + 4 + 20

// buildID names a build of a file, in one way or two.
type buildID struct {
	GNU string // in hex; any linker's
	Go  string // Go's linker's, the only one by default before Go 1.24
}

func moduleBuildID(m *Module) buildID { return buildID{GNU: m.BuildID, Go: m.GoBuildID} }

func (id buildID) String() string {
	switch {
	case id.GNU != "":
		return id.GNU
	case id.Go != "":
		return id.Go
	}
	return "unknown"
}

// known tells whether there is anything to compare.
func (id buildID) known() bool { return id.GNU != "" || id.Go != "" }

// comparable tells whether the two ids name their builds in the same way.
func (id buildID) comparable(other buildID) bool {
	return id.GNU != "" && other.GNU != "" || id.Go != "" && other.Go != ""
}

// same tells whether two comparable ids name the same build.
func (id buildID) same(other buildID) bool {
	if id.GNU != "" && other.GNU != "" {
		return id.GNU == other.GNU
	}
	return id.Go != "" && id.Go == other.Go
}

// memoryBuildID reads the build id of the ELF file whose first byte a process
// has at base. The zero id: the memory does not show it.
func memoryBuildID(m Memory, base uint64) buildID {
	var id buildID
	var h elf.Header64
	if readStruct(m, base, &h) != nil || string(h.Ident[:4]) != elf.ELFMAG || h.Phentsize != programHeaderSize {
		return id
	}
	table := make([]elf.Prog64, min(h.Phnum, maxSegments))
	if readStruct(m, base+h.Phoff, table) != nil {
		return id
	}
	for _, p := range table {
		if elf.ProgType(p.Type) != elf.PT_NOTE || p.Filesz > maxBuildNotes {
			continue
		}
		// Linkers put notes near the beginning, in the mapping of the header
		// itself, where offsets in the file are offsets in memory. Go's puts
		// its own id into the segment, and the GNU one behind it.
		raw := make([]byte, p.Filesz+gnuNoteSize)
		if m.Read(base+p.Off, raw) != nil {
			raw = raw[:p.Filesz]
			if m.Read(base+p.Off, raw) != nil {
				continue
			}
		}
		gnu, golang := notesOf(raw, p.Align)
		if gnu != "" {
			id.GNU = gnu
		}
		if golang != "" {
			id.Go = golang
		}
	}
	return id
}
