package pclntab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Module is a Go executable or shared library as it is mapped into a process.
// Addresses are the process's.
type Module struct {
	// Arch is amd64 or arm64.
	Arch string

	// Section finds a section of the file by its name.
	Section func(name string) (Span, bool)

	// File reads what the file holds for an address, Memory what the process
	// has there. Read-only data may come from either; the moduledata comes
	// from Memory alone, for the sake of relocation.
	File, Memory ReadFunc
}

// ErrNotGo: the module has no Go function table.
var ErrNotGo = errors.New("no Go function table in the file")

// maxTable bounds a function table. Those of the largest programs have some
// 100 MB.
const maxTable = 1 << 30

// Load finds and reads the function table of a module. It needs no symbols.
func Load(m Module) (*Table, *Moduledata, error) {
	places, err := m.places()
	if err != nil {
		return nil, nil, err
	}
	for _, p := range places {
		var t *Table
		var md *Moduledata
		if t, md, err = m.load(p); err == nil {
			return t, md, nil
		}
	}
	return nil, nil, err
}

// load reads a function table that is at the start of a span, and not longer.
func (m Module) load(in Span) (*Table, *Moduledata, error) {
	md, err := FindModuledata(m.Memory, in.Start, m.variables())
	if err != nil {
		return nil, nil, err
	}
	if md.TableLen > min(in.End-in.Start, maxTable) {
		return nil, nil, fmt.Errorf("the function table at %#x cannot have %d bytes", in.Start, md.TableLen)
	}
	data := make([]byte, md.TableLen)
	if err := m.readOnly(in.Start, data); err != nil {
		return nil, nil, fmt.Errorf("the function table could not be read: %w", err)
	}
	t, err := New(Config{Data: data, Text: md.Text, GoFunc: md.GoFunc, Read: m.readOnly, Arch: m.Arch})
	return t, md, err
}

// readOnly reads data that no process changes.
func (m Module) readOnly(addr uint64, buf []byte) error {
	if m.File != nil && m.File(addr, buf) == nil {
		return nil
	}
	return m.Memory(addr, buf)
}

// places finds where function tables begin, with the ends of their sections.
// A table has a section of its own, .gopclntab or (position-independent, up to
// Go 1.25) .data.rel.ro.gopclntab; but an external linker merges the latter
// into .data.rel.ro.
func (m Module) places() ([]Span, error) {
	for _, name := range []string{".gopclntab", ".data.rel.ro.gopclntab"} {
		if s, ok := m.Section(name); ok {
			return []Span{s}, nil
		}
	}
	s, ok := m.Section(".data.rel.ro")
	if !ok || s.End < s.Start || s.End-s.Start > maxTable {
		return nil, ErrNotGo
	}
	b := make([]byte, s.End-s.Start)
	if err := m.readOnly(s.Start, b); err != nil {
		return nil, fmt.Errorf("looking for the Go function table: %w", err)
	}
	var found []Span
	start := binary.LittleEndian.AppendUint32(nil, magic)
	for at := 0; len(found) < maxPlaces; at++ {
		i := bytes.Index(b[at:], start)
		if i < 0 {
			break
		}
		at += i
		if _, err := parseHeader(b[at:], uint64(len(b)-at)); err == nil {
			found = append(found, Span{s.Start + uint64(at), s.End})
		}
	}
	if found == nil {
		return nil, ErrNotGo
	}
	return found, nil
}

// maxPlaces bounds how many places are tried that look like a table.
const maxPlaces = 16

// variables are the sections that may hold the moduledata, the likeliest
// first: its own (since Go 1.26), then those of variables without pointers.
func (m Module) variables() []Span {
	var spans []Span
	for _, name := range []string{".go.module", ".noptrdata", ".data"} {
		if s, ok := m.Section(name); ok {
			spans = append(spans, s)
		}
	}
	return spans
}
