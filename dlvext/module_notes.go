package dlvext

import (
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"io"
)

const (
	noteBuildID   = 3       // NT_GNU_BUILD_ID, name "GNU"
	noteGoBuildID = 4       // ELF_NOTE_GOBUILDID_TAG, name "Go": https://github.com/golang/go/blob/go1.26.0/src/cmd/internal/buildid/note.go
	maxNotes      = 1 << 16 // bytes of one note segment that are read; real ones have some hundred
)

// buildIDs returns the GNU build id in hex and Go's own as it stands.
func buildIDs(f *elf.File) (gnu, golang string) {
	take := func(r io.ReaderAt, size, align uint64) {
		buf := make([]byte, min(size, maxNotes))
		n, _ := r.ReadAt(buf, 0)
		g, o := notesOf(buf[:n], align)
		if gnu == "" {
			gnu = g
		}
		if golang == "" {
			golang = o
		}
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_NOTE {
			take(p, p.Filesz, p.Align)
		}
	}
	for _, s := range f.Sections { // a separate debug file keeps the section and not the segment
		if s.Type == elf.SHT_NOTE && s.ReaderAt != nil && (gnu == "" || golang == "") {
			take(s, s.FileSize, s.Addralign)
		}
	}
	return gnu, golang
}

// notesOf picks the build ids from the notes in buf: name size, descriptor
// size and type of 4 bytes each, then the two, each padded to 4 bytes (to 8
// where the segment is aligned so).
func notesOf(buf []byte, align uint64) (gnu, golang string) {
	pad := func(n uint64) uint64 {
		if align == 8 {
			return (n + 7) &^ 7
		}
		return (n + 3) &^ 3
	}
	for len(buf) >= 12 {
		nameLen := uint64(binary.LittleEndian.Uint32(buf))
		descLen := uint64(binary.LittleEndian.Uint32(buf[4:]))
		kind := binary.LittleEndian.Uint32(buf[8:])
		desc := pad(12 + nameLen)
		if desc+descLen > uint64(len(buf)) {
			return gnu, golang
		}
		name, body := string(buf[12:12+nameLen]), buf[desc:desc+descLen]
		switch {
		case name == "GNU\x00" && kind == noteBuildID && gnu == "":
			gnu = hex.EncodeToString(body)
		case name == "Go\x00\x00" && kind == noteGoBuildID && golang == "":
			golang = string(body)
		}
		buf = buf[min(pad(desc+descLen), uint64(len(buf))):]
	}
	return gnu, golang
}
