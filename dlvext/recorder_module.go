package dlvext

import (
	"cmp"
	"io"
	"slices"
	"sync"
)

// moduleRecorder notes what a module is asked, and which parts of its file are
// read as what the process has in memory. Of symbols and types a recording
// holds the answers and not what they come from, which is the greater part of
// an executable.
type moduleRecorder struct {
	file io.ReaderAt
	read rangeSet // of offsets

	mu    sync.Mutex
	asked map[question]bool
}

// question is something that a module was asked.
type question struct {
	about subject
	name  string
	addr  uint64 // in the file: of a symbolAt
}

type subject int

const (
	aboutSymbol subject = iota
	aboutSymbolAt
	aboutType
	aboutGlobal
)

// record has the module note from now on what it is asked.
func (m *Module) record() {
	if m.file == nil || m.recording != nil {
		return
	}
	r := &moduleRecorder{file: m.reader, asked: map[question]bool{}}
	// What it takes to open the file was read before: it is read again.
	if _, err := OpenModule(m.Path, r, m.Bias); err == nil {
		m.recording = r
	}
}

// contents is the module's file, to read what the process has in memory.
func (m *Module) contents() io.ReaderAt {
	if m.recording != nil {
		return m.recording
	}
	return m.reader
}

// ReadAt reads the file and notes what was read.
func (r *moduleRecorder) ReadAt(buf []byte, off int64) (int, error) {
	n, err := r.file.ReadAt(buf, off)
	if off >= 0 {
		r.read.add(Range{Addr: uint64(off), Len: n})
	}
	return n, err
}

// note notes a question; there is nothing to note of a module that is not
// recorded.
func (r *moduleRecorder) note(about subject, name string, addr uint64) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[question{about, name, addr}] = true
}

// questions returns what was asked in a fixed order: recordings of the same
// are the same.
func (r *moduleRecorder) questions() []question {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]question, 0, len(r.asked))
	for one := range r.asked {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b question) int {
		return cmp.Or(cmp.Compare(a.about, b.about), cmp.Compare(a.name, b.name), cmp.Compare(a.addr, b.addr))
	})
	return all
}
