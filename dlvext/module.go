package dlvext

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"sync"
	"sync/atomic"
)

// Module is a file mapped into the process: the executable or a shared
// library. Its symbols and types are read when they are first asked for, from
// the file, not from the process. A Module is safe for concurrent use once
// its exported fields are set.
type Module struct {
	Path    string // as the target named it
	BuildID string // GNU build id in hex; empty: none
	Bias    uint64 // address in the process minus address in the file

	// Start and End bound all of the module's mappings.
	Start, End uint64

	// GoBuildID is the id that Go's linker writes into a note of its own.
	// A Go program may have it, a GNU build id, both or neither.
	GoBuildID string

	// Err says why the file could not be opened. All that depends on the
	// file then answers with it; nil when it is open.
	Err error

	// File is where its file lies on this machine, when that is not Path: a
	// process in a container, a core from another machine.
	File string

	// DebugDirs are where to look for a separate debug file, besides beside
	// the file itself: /usr/lib/debug and the like.
	DebugDirs []string

	Header   elf.FileHeader   // as in the file: the entry is not biased
	Segments []elf.ProgHeader // as in the file: addresses are not biased

	file    *elf.File
	reader  io.ReaderAt
	mu      sync.Mutex  // guards closers
	closers []io.Closer // of separate debug files

	symbols func() *symbolTable
	debug   func() *debugFile
	types   func() (*typeIndex, error)

	recording *moduleRecorder // notes what it is asked, when it is being recorded
	answers   *answers        // that it gives, when it comes from a recording
}

// maxSegments bounds the program headers of a file. Real files have a dozen;
// cores, which are not modules, have tens of thousands.
const maxSegments = 256

// OpenModule reads the headers of an ELF file whose name in the target is
// path. The bias is what was added to the file's addresses when it was
// mapped: 0 for an executable that is not position independent. When it is
// not known yet, [Module.Place] computes it from a mapping.
//
// The Module takes r over: [Module.Close] closes it if it can be closed.
// OpenModule returns a Module in any case; when err is not nil it has Err set
// to it, and only the path and what the caller adds.
func OpenModule(path string, r io.ReaderAt, bias uint64) (*Module, error) {
	m := &Module{Path: path, Bias: bias, reader: r}
	m.symbols = sync.OnceValue(m.loadSymbols)
	m.debug = sync.OnceValue(m.findDebugFile)
	m.types = sync.OnceValues(m.loadTypes)
	if err := m.open(); err != nil {
		m.Err = fmt.Errorf("cannot use %s: %w", path, err)
		return m, m.Err
	}
	return m, nil
}

// MissingModule is a module whose file cannot be had, with the reason.
func MissingModule(path string, err error) *Module {
	return &Module{Path: path, Err: fmt.Errorf("cannot use %s: %w", path, err)}
}

func (m *Module) open() error {
	f, err := openELF(m.reader)
	if err != nil {
		return err
	}
	for _, p := range f.Progs {
		m.Segments = append(m.Segments, p.ProgHeader)
	}
	m.file, m.Header = f, f.FileHeader
	m.BuildID, m.GoBuildID = buildIDs(f)
	m.setBounds()
	return nil
}

// openELF opens a file of the kind this package can use.
func openELF(r io.ReaderAt) (*elf.File, error) {
	limited := &limitedReader{r: r}
	limited.left.Store(maxHeaders)
	f, err := elf.NewFile(limited)
	limited.left.Store(maxMetadata)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not a usable ELF file: %w", err)
	case f.Class != elf.ELFCLASS64:
		return nil, errors.New("it is a 32-bit program, and only 64-bit ones can be read")
	case f.ByteOrder.Uint16([]byte{1, 0}) != 1:
		return nil, errors.New("it is a big-endian program, and only little-endian ones can be read")
	case len(f.Progs) > maxSegments:
		return nil, fmt.Errorf("it has %d program headers, more than any real module", len(f.Progs))
	}
	return f, nil
}

// Bounds on what is read of one file: a sparse file can claim any size and
// fill it, with zeros.
const (
	maxHeaders  = 64 << 20 // bytes, of headers and section names; real ones stay under 100 kB
	maxMetadata = 1 << 30  // bytes, of symbols and (compressed) debug information, in all
)

// limitedReader reads as r until it has read a number of bytes.
type limitedReader struct {
	r    io.ReaderAt
	left atomic.Int64
}

func (l *limitedReader) ReadAt(p []byte, off int64) (int, error) {
	if l.left.Add(-int64(len(p))) < 0 {
		return 0, errors.New("it claims more headers, symbols and debug information than any real module has")
	}
	return l.r.ReadAt(p, off)
}

// Close lets go of the files behind the module. What was read before stays.
func (m *Module) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	closers := m.closers
	m.closers = nil
	if c, ok := m.reader.(io.Closer); ok {
		closers = append(closers, c)
	}
	var errs []error
	for _, c := range closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Place computes the bias, Start and End from the lowest mapping of the file:
// the address it is mapped at and the offset in the file it is mapped from,
// as /proc/PID/maps and a core's NT_FILE note give them. (A higher one may
// not do: two segments can share a page of the file.)
func (m *Module) Place(addr, offset uint64) error {
	if m.file == nil {
		return m.noFile()
	}
	const page = 4096 // the smallest there is; files are linked for the largest
	for _, s := range m.Segments {
		// Whole pages are mapped: from before the segment, if it starts within one.
		if s.Type != elf.PT_LOAD || offset < s.Off&^(page-1) || offset-s.Off&^(page-1) >= s.Off%page+s.Filesz {
			continue
		}
		m.Bias = addr - offset - (s.Vaddr - s.Off)
		m.setBounds()
		return nil
	}
	return fmt.Errorf("%s has no segment at file offset %#x", m.Path, offset)
}

func (m *Module) setBounds() {
	first := true
	for _, s := range m.Segments {
		end, overflow := bits.Add64(s.Vaddr, s.Memsz, 0)
		if s.Type != elf.PT_LOAD || overflow != 0 {
			continue
		}
		if first || s.Vaddr+m.Bias < m.Start {
			m.Start = s.Vaddr + m.Bias
		}
		if first || end+m.Bias > m.End {
			m.End = end + m.Bias
		}
		first = false
	}
}

// ELF is the module's file, taken apart; nil when it could not be opened.
func (m *Module) ELF() *elf.File { return m.file }

func (m *Module) noFile() error {
	if m.Err != nil {
		return m.Err
	}
	return fmt.Errorf("%s is not open", m.Path)
}

// Segment returns the PT_LOAD segment that holds the address in the process.
func (m *Module) Segment(addr uint64) (elf.ProgHeader, bool) {
	at := addr - m.Bias
	for _, s := range m.Segments {
		if s.Type == elf.PT_LOAD && at >= s.Vaddr && at-s.Vaddr < s.Memsz {
			return s, true
		}
	}
	return elf.ProgHeader{}, false
}

// ReadOnly reports whether n bytes at addr lie in one segment that the
// program cannot write to, so that the file has what memory has.
// (Relocations that were applied before a segment was made read-only,
// PT_GNU_RELRO, lie in segments that count as writable.)
func (m *Module) ReadOnly(addr uint64, n int) bool {
	s, ok := m.Segment(addr)
	return ok && s.Flags&elf.PF_W == 0 && n >= 0 && uint64(n) <= s.Filesz &&
		addr-m.Bias-s.Vaddr <= s.Filesz-uint64(n)
}

// ReadFile fills buf with the bytes that the file supplies for the addresses
// in the process from addr on, or returns a *[Fault]: they must lie in one
// segment, and not in its part that starts as zeros. For a segment that is
// not [Module.ReadOnly] that is what the program started with.
func (m *Module) ReadFile(addr uint64, buf []byte) error {
	fault := func(why string) error { return &Fault{Addr: addr, Len: len(buf), Why: why} }
	if m.file == nil {
		return fault(m.noFile().Error())
	}
	s, ok := m.Segment(addr)
	if !ok {
		return fault("not in a segment of " + m.Path)
	}
	skip, n := addr-m.Bias-s.Vaddr, uint64(len(buf))
	if n > s.Filesz || skip > s.Filesz-n {
		return fault("past what the file " + m.Path + " supplies")
	}
	pos, overflow := bits.Add64(s.Off, skip, 0)
	if overflow != 0 || int64(pos) < 0 {
		return fault("past the end of " + m.Path)
	}
	if _, err := m.contents().ReadAt(buf, int64(pos)); err != nil {
		if part := (*Fault)(nil); errors.As(err, &part) {
			return fault(part.Why)
		}
		return fault("past the end of " + m.Path)
	}
	return nil
}

// Section is a named part of a module, where it lies in the process.
type Section struct {
	Addr, Size uint64
}

// Section returns a section by its name; ok is false when the file has none
// of this name or it is not mapped.
func (m *Module) Section(name string) (s Section, ok bool) {
	if m.file == nil {
		return Section{}, false
	}
	sec := m.file.Section(name)
	if sec == nil || sec.Flags&elf.SHF_ALLOC == 0 {
		return Section{}, false
	}
	return Section{Addr: sec.Addr + m.Bias, Size: sec.Size}, true
}
