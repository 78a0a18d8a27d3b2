package dlvext

import (
	"debug/elf"
	"strings"
)

// modules returns the executable and the libraries: those of the dynamic
// linker's list, then those that NT_FILE has and the list has not.
func (r *coreReader) modules() []*Module {
	modules := []*Module{r.exe}
	libs, err := linkMap(r.img.Memory, r.exe)
	if err != nil {
		r.note("the list of shared libraries cannot be read whole: %v", err)
	}
	listed := map[string]bool{r.exe.Path: true}
	for _, lib := range libs {
		file := fileMapping{Path: lib.name, Start: lib.bias} // libraries are linked to begin at 0
		if f := r.mappingAt(lib.dynamic); f != nil {
			file = *f // the name may be a link
		}
		if !strings.Contains(file.Path, "/") {
			continue // the kernel's vdso
		}
		listed[file.Path] = true
		modules = append(modules, r.library(file, lib.bias))
	}
	code := r.codeStarts()
	for _, f := range r.notes.Files {
		if listed[f.Path] || !code[f.Start] {
			continue
		}
		listed[f.Path] = true
		if m := r.library(f, 0); m.Err != nil || m.Place(f.Start, f.Off) == nil {
			modules = append(modules, m)
		}
	}
	return modules
}

// library returns a mapped file as a module with a bias.
func (r *coreReader) library(f fileMapping, bias uint64) *Module {
	m := r.file(f).at(bias)
	if m.Err == nil {
		return m
	}
	// There are only its mappings to tell of it.
	id := r.buildIDInCore(f)
	m.BuildID, m.GoBuildID = id.GNU, id.Go
	for i, f := range r.mappings[f.Path] {
		if i == 0 || f.Start < m.Start {
			m.Start = f.Start
		}
		m.End = max(m.End, f.End)
	}
	return m
}

// codeStarts are the addresses at which the process's executable mappings begin.
func (r *coreReader) codeStarts() map[uint64]bool {
	starts := map[uint64]bool{}
	for _, p := range r.layout.progs(elf.PT_LOAD) {
		if elf.ProgFlag(p.Flags)&elf.PF_X != 0 {
			starts[p.Vaddr] = true
		}
	}
	return starts
}
