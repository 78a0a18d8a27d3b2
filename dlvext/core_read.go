package dlvext

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"slices"
)

// coreReader is a core being opened. Its methods are called in the order in
// which they stand.
type coreReader struct {
	path   string
	opts   CoreOptions
	view   *view
	files  *fileFinder
	layout *elfLayout
	notes  *coreNotes

	mappings map[string][]fileMapping // NT_FILE's, by path

	own regionMemory // what the core itself holds
	exe *Module
	img *Image
}

// read does all of [OpenCore]'s work but opening the file. Its errors are
// whole sentences.
func (r *coreReader) read(exe string) error {
	if err := r.readHeaders(exe); err != nil {
		return err
	}
	held, cut, absent := r.segments()
	r.own = regionMemory(nil).layer(held)
	r.img = &Image{
		Source:  "core",
		Whole:   true,
		PID:     r.notes.PID,
		Arch:    coreGOARCH[r.layout.Machine],
		Signal:  r.notes.deathSignal(),
		Threads: r.notes.Threads,
		Notes:   slices.Clone(r.notes.problems),
	}
	if info, err := os.Stat(r.path); err == nil {
		r.img.CapturedAt = info.ModTime()
	}
	if have := uint64(r.view.size); r.layout.End > have {
		r.note("the core is truncated: %s of %s are there", byteCount(have), byteCount(r.layout.End))
	}
	if err := r.openExe(exe); err != nil {
		return err
	}
	r.img.Memory = r.own.
		layer(cut.written).
		layer(absent.written).
		layer(r.mappedFiles()).
		layer(r.exeSegments()).
		layer(cut.unwritten).
		layer(absent.unwritten)
	r.img.Modules = r.modules()
	r.tellMissing()
	return nil
}

func (r *coreReader) note(format string, args ...any) {
	r.img.Notes = append(r.img.Notes, fmt.Sprintf(format, args...))
}

func (r *coreReader) close() error {
	return errors.Join(r.view.Close(), r.files.Close())
}

func (r *coreReader) readHeaders(exe string) error {
	var err error
	r.layout, err = readELFLayout(r.view)
	switch {
	case err == ErrNotELF && typeOf(exe) == elf.ET_CORE:
		return swapped(exe, r.path)
	case err != nil:
		return fmt.Errorf("cannot read the core %s: %w", r.path, err)
	case r.layout.Type != elf.ET_CORE && typeOf(exe) == elf.ET_CORE:
		return swapped(exe, r.path)
	case r.layout.Type != elf.ET_CORE:
		return fmt.Errorf("%s is an executable or library, not a core", r.path)
	case coreGOARCH[r.layout.Machine] == "":
		return fmt.Errorf("cannot read the core %s: it is of a machine of type %s; only amd64 and arm64 are read", r.path, machineName(r.layout.Machine))
	}
	r.notes = readCoreNotes(r.view, r.layout.progs(elf.PT_NOTE), r.layout.Machine)
	if len(r.notes.Threads) == 0 {
		return fmt.Errorf("cannot read the core %s: it holds no threads%s", r.path, r.cutOff())
	}
	r.mappings = map[string][]fileMapping{}
	for _, f := range r.notes.Files {
		r.mappings[f.Path] = append(r.mappings[f.Path], f)
	}
	return nil
}

// cutOff says of a core that ends early that this may be why something is not there.
func (r *coreReader) cutOff() string {
	if have := uint64(r.view.size); r.layout.End > have {
		return fmt.Sprintf("; it is truncated, %s of %s are there", byteCount(have), byteCount(r.layout.End))
	}
	return ""
}

// byWriting parts regions into those that the process may have written to,
// whose contents are nowhere else, and those that are as in their file.
type byWriting struct{ written, unwritten []region }

func (b *byWriting) add(p elf.Prog64, start, end uint64, why string) {
	if start >= end {
		return
	}
	r := region{start: start, end: end, why: why}
	if elf.ProgFlag(p.Flags)&elf.PF_W != 0 {
		b.written = append(b.written, r)
	} else {
		b.unwritten = append(b.unwritten, r)
	}
}

// segments parts the process's mappings into what the core file holds, what
// it should hold but is cut off, and what was never meant to be in it.
//
// What is cut off counts as written unless it is code: data that the dynamic
// linker has relocated is read-only by the time of the dump and no more as in
// its file.
func (r *coreReader) segments() (held []region, cut, absent byWriting) {
	for _, p := range r.layout.progs(elf.PT_LOAD) {
		size := min(p.Filesz, p.Memsz)
		there := min(size, uint64(r.view.size)-min(p.Off, uint64(r.view.size)))
		if there > 0 {
			held = append(held, region{start: p.Vaddr, end: p.Vaddr + there, view: r.view, off: int64(p.Off)})
		}
		asWritten := p
		if elf.ProgFlag(p.Flags)&elf.PF_X == 0 {
			asWritten.Flags |= uint32(elf.PF_W)
		}
		cut.add(asWritten, p.Vaddr+there, p.Vaddr+size, "the core is truncated before it")
		absent.add(p, p.Vaddr+size, p.Vaddr+p.Memsz, "not in the core")
	}
	return held, cut, absent
}
