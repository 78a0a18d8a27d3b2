package dlvext

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zlib"
)

// debugFile is where a module's debug information is: in the module's own
// file, or in a separate one that a distribution ships apart.
type debugFile struct {
	file   *elf.File
	reader io.ReaderAt // the same, as bytes
	path   string
}

// maxSection bounds a debug section once it is decompressed, in bytes. A Go
// program of 23 MB has 6 MB; those of a hundred times that size fit.
const maxSection = 1 << 30

// findDebugFile finds the separate debug file by build id or .gnu_debuglink
// when the module's own file has no debug information.
func (m *Module) findDebugFile() *debugFile {
	own := &debugFile{file: m.file, reader: m.reader, path: m.Path}
	if m.file == nil || hasDebugInfo(m.file) {
		return own
	}
	var names []string
	if len(m.BuildID) > 2 {
		for _, dir := range m.DebugDirs {
			names = append(names, filepath.Join(dir, ".build-id", m.BuildID[:2], m.BuildID[2:]+".debug"))
		}
	}
	link, sum := debugLink(m.file)
	if link != "" {
		dir := filepath.Dir(m.Path)
		beside := []string{dir}
		if m.File != "" {
			beside = append(beside, filepath.Dir(m.File))
		}
		for _, d := range beside {
			names = append(names, filepath.Join(d, link), filepath.Join(d, ".debug", link))
		}
		for _, d := range m.DebugDirs {
			names = append(names, filepath.Join(d, dir, link))
		}
	}
	for _, name := range names {
		if f, r := openDebugFile(name, m.BuildID, sum); f != nil {
			m.mu.Lock()
			m.closers = append(m.closers, r)
			m.mu.Unlock()
			return &debugFile{file: f, reader: r, path: name}
		}
	}
	return own
}

func hasDebugInfo(f *elf.File) bool {
	s := f.Section(".debug_info")
	return s != nil && s.Type != elf.SHT_NOBITS
}

// debugLink returns the file name and CRC-32 in .gnu_debuglink: the name,
// zeros up to a multiple of 4, the sum. A name with a directory in it is no
// such name, and not followed.
func debugLink(f *elf.File) (name string, sum uint32) {
	s := f.Section(".gnu_debuglink")
	if s == nil || s.FileSize > 4096+8 {
		return "", 0
	}
	b, err := s.Data()
	if err != nil || len(b) < 8 {
		return "", 0
	}
	name, _, _ = strings.Cut(string(b[:len(b)-4]), "\x00")
	if name != filepath.Base(name) {
		return "", 0
	}
	return name, binary.LittleEndian.Uint32(b[len(b)-4:])
}

// openDebugFile opens a debug file if it is the module's: of the same build
// id or, where the module has none, of the sum that the link demands.
func openDebugFile(name, buildID string, sum uint32) (*elf.File, *os.File) {
	// Looked at before it is opened: opening a pipe would block.
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	r, err := os.Open(name)
	if err != nil {
		return nil, nil
	}
	if f, err := openELF(r); err == nil && hasDebugInfo(f) {
		if buildID == "" {
			h := crc32.NewIEEE()
			if _, err := io.Copy(h, r); err == nil && h.Sum32() == sum {
				return f, r
			}
		} else if id, _ := buildIDs(f); id == buildID {
			return f, r
		}
	}
	_ = r.Close()
	return nil, nil
}

// dwarfSections are those that types and variables need. What says which
// line a PC is at is not among them: it is large, and not read here.
var dwarfSections = []string{".debug_abbrev", ".debug_info", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr"}

// loadDWARF reads those sections. [elf.File.DWARF] reads more, and fails on
// separate debug files in which one of its sections is empty (SHT_NOBITS).
func (d *debugFile) loadDWARF() (*dwarf.Data, map[string][]byte, error) {
	sections := map[string][]byte{}
	for _, name := range dwarfSections {
		s := d.file.Section(name)
		if s == nil || s.Type == elf.SHT_NOBITS {
			continue
		}
		if max(s.Size, s.FileSize) > maxSection {
			return nil, nil, fmt.Errorf("its section %s claims %d bytes", name, max(s.Size, s.FileSize))
		}
		b, err := d.contents(s)
		if err != nil {
			return nil, nil, fmt.Errorf("its section %s cannot be read: %w", name, err)
		}
		sections[name] = b
	}
	if len(sections[".debug_info"]) == 0 {
		return nil, nil, ErrAbsent
	}
	data, err := dwarf.New(sections[".debug_abbrev"], nil, nil, sections[".debug_info"], nil, nil, nil, sections[".debug_str"])
	if err != nil {
		return nil, nil, err
	}
	for _, name := range dwarfSections[3:] {
		if b := sections[name]; b != nil {
			if err := data.AddSection(name, b); err != nil {
				return nil, nil, err
			}
		}
	}
	return data, sections, nil
}

// contents reads a section, as [elf.Section.Data] does. Decompression is most
// of what it takes to read a type, and this package's zlib needs three
// quarters of the standard library's time for it.
func (d *debugFile) contents(s *elf.Section) ([]byte, error) {
	const headerSize = 24 // Elf64_Chdr
	var header elf.Chdr64
	if s.Flags&elf.SHF_COMPRESSED == 0 || s.FileSize < headerSize {
		return s.Data()
	}
	in := io.NewSectionReader(d.reader, int64(s.Offset), int64(s.FileSize))
	if err := binary.Read(in, binary.LittleEndian, &header); err != nil {
		return nil, err
	}
	if elf.CompressionType(header.Type) != elf.COMPRESS_ZLIB {
		return s.Data()
	}
	if s.Size/maxDeflate > s.FileSize {
		return nil, fmt.Errorf("it claims to hold %d bytes in %d", s.Size, s.FileSize)
	}
	r, err := zlib.NewReader(bufio.NewReaderSize(in, 1<<16))
	if err != nil {
		return nil, err
	}
	buf := make([]byte, s.Size)
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, err
	}
	return buf, nil
}

// maxDeflate is the most that a byte of deflate can stand for, in bytes.
const maxDeflate = 1032
