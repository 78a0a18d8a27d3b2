package dlvext

import (
	"debug/elf"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// openExe opens the executable, given or named by the core, finds where it is
// in the process, and makes sure that it is the one that ran.
func (r *coreReader) openExe(given string) error {
	named := r.exeName()
	file := &mappedFile{path: named}
	switch {
	case given != "":
		if named == "" {
			file.path = given
		}
		v, err := openView(given)
		if err != nil {
			return fmt.Errorf("cannot read the executable %s: %w", given, withoutPath(err))
		}
		module, err := OpenModule(file.path, v, 0)
		if err != nil {
			v.Close()
			return fmt.Errorf("cannot read the executable %s: it is not a 64-bit ELF executable", given)
		}
		file.use(v, module, r.opts.DebugDirs)
	case named == "":
		return fmt.Errorf("the core %s does not name its executable: give it before the core", r.path)
	default:
		file = r.files.find(named, false, buildID{}) // which build it is, is checked below
		if file.view == nil {
			return fmt.Errorf("the core %s is of %s, %s: give the executable before the core", r.path, named, file.why)
		}
	}
	r.files.files[file.path] = file
	r.exe, r.img.Exe = file.module, file.path
	file.taken = true

	if have := r.exe.Header.Machine; have != r.layout.Machine {
		return fmt.Errorf("the core %s is of a program for %s, and the executable %s is for %s", r.path, machineName(r.layout.Machine), file.view.Name(), machineName(have))
	}
	fits := r.placeExe()
	if wrong := r.wrongExe(file, fits); wrong != "" {
		if !r.opts.AnyExe {
			return fmt.Errorf("%s: give the executable that ran, or go on at your own risk with --any-exe", wrong)
		}
		r.note("%s: what is read from it may be wrong", wrong)
	}
	return nil
}

// exeName returns the executable's path as the core names it: the file that
// the program headers are mapped from, else what execve was given, else, in
// Delve's cores, the first argument. Empty: the core does not say.
func (r *coreReader) exeName() string {
	for _, addr := range []uint64{r.notes.Auxv[auxPhdr], r.notes.Auxv[auxEntry]} {
		if f := r.mappingAt(addr); f != nil {
			return f.Path
		}
	}
	if addr := r.notes.Auxv[auxExecFn]; addr != 0 {
		if name, err := ReadCString(r.own, addr, maxPath); err == nil && filepath.IsAbs(name) {
			return name
		}
	}
	name, _, whole := strings.Cut(r.notes.Args, "\x00")
	if filepath.IsAbs(name) && (whole || len(name) < prpsinfoSize-prpsinfoArgs-1) && !strings.Contains(name, " ") {
		return name
	}
	return ""
}

// mappingAt returns the file mapping that holds addr, or nil.
func (r *coreReader) mappingAt(addr uint64) *fileMapping {
	files := r.notes.Files
	i, _ := slices.BinarySearchFunc(files, addr, func(f fileMapping, addr uint64) int {
		if f.End <= addr {
			return -1
		}
		return 1
	})
	if i < len(files) && files[i].Start <= addr {
		return &files[i]
	}
	return nil
}

// minPage is the smallest page of the machines that are read.
const minPage = 4096

// placeExe sets the executable's bias, and tells whether all that the core
// says of its place agrees with the file.
func (r *coreReader) placeExe() (fits bool) {
	m := r.exe
	entry, hasEntry := r.notes.Auxv[auxEntry]
	if !hasEntry {
		entry, hasEntry = r.notes.Entry, r.notes.Entry != 0
	}
	phdr, hasPhdr := r.notes.Auxv[auxPhdr]
	fits = true
	if hasEntry {
		m.Bias = entry - m.Header.Entry
	}
	if at, ok := programHeaderAddr(m); ok && hasPhdr {
		bias := phdr - at
		fits = !hasEntry || m.Bias == bias
		m.Bias = bias
	}
	if n, ok := r.notes.Auxv[auxPhnum]; ok && n != uint64(len(m.Segments)) {
		fits = false
	}
	movable := m.Header.Type == elf.ET_DYN
	if !movable && m.Bias != 0 || movable && !hasEntry && !hasPhdr || m.Bias%minPage != 0 {
		fits = false
	}
	m.setBounds()
	return fits
}

// programHeaderAddr returns the address in the file of its program headers.
func programHeaderAddr(m *Module) (uint64, bool) {
	for _, s := range m.Segments {
		if s.Type == elf.PT_PHDR {
			return s.Vaddr, true
		}
	}
	for _, s := range m.Segments { // they follow the ELF header
		if s.Type == elf.PT_LOAD && s.Off == 0 {
			return s.Vaddr + elfHeaderSize, true
		}
	}
	return 0, false
}
