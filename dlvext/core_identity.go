package dlvext

import (
	"debug/elf"
	"fmt"
)

// wrongExe returns what is wrong with the executable, in one line, or
// nothing. The file fits when it would be mapped as the process was.
func (r *coreReader) wrongExe(file *mappedFile, fits bool) string {
	ran, here := r.exeBuildID(), moduleBuildID(r.exe)
	name := file.view.Name()
	switch {
	case ran.comparable(here) && ran.same(here):
		file.checked = true
		return ""
	case ran.comparable(here):
		return fmt.Sprintf("the core %s is of %s with build id %v, and the executable %s has build id %v", r.path, r.programName(), ran, name, here)
	case !fits:
		return fmt.Sprintf("the core %s is of %s with build id %v, and the executable %s, with build id %v, does not fit into its memory", r.path, r.programName(), ran, name, here)
	}
	switch same, compared := r.sameConstants(); {
	case compared && !same:
		return fmt.Sprintf("the core %s is of another build of %s than the executable %s, whose build id is %v: its constants differ", r.path, r.programName(), name, here)
	case !compared:
		r.note("it could not be checked that %s is the executable that ran: the core does not hold its build id", name)
	}
	file.checked = true
	return ""
}

// exeBuildID returns the build id of the executable in the core.
func (r *coreReader) exeBuildID() buildID {
	for _, s := range r.exe.Segments {
		if s.Type == elf.PT_LOAD {
			// Where the file begins, if the file is the one.
			if id := memoryBuildID(r.own, s.Vaddr-s.Off+r.exe.Bias); id.known() {
				return id
			}
		}
	}
	return r.buildIDInCore(fileMapping{Path: r.exeName()})
}

// programName is the program's name as the core has it.
func (r *coreReader) programName() string {
	if name := r.exeName(); name != "" {
		return name
	}
	if r.notes.Name != "" {
		return r.notes.Name
	}
	return "a program"
}

// constantWords are as many words of runtime.moduledata as the linker sets
// and nothing changes: tables and where text and data begin and end. It is
// the same for all releases; what follows them differs.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/symtab.go#L402
const constantWords = 24

// sameConstants compares what a Go program has in data that it could write to
// and never does, so that a core has it that holds no page of the file's
// beginning: Delve's. Of position independent executables nothing is
// compared, for their words are relocated.
func (r *coreReader) sameConstants() (same, compared bool) {
	m := r.exe
	if m.Bias != 0 {
		return true, false
	}
	var places []Section
	if s, ok := m.Section(".go.buildinfo"); ok {
		places = append(places, s)
	}
	if s, ok := m.Symbol("runtime.firstmoduledata"); ok {
		places = append(places, Section{Addr: s.Addr, Size: constantWords * 8})
	}
	for _, p := range places {
		if p.Size > maxBuildNotes {
			continue
		}
		ran, here := make([]byte, p.Size), make([]byte, p.Size)
		if r.own.Read(p.Addr, ran) != nil || m.ReadFile(p.Addr, here) != nil {
			continue
		}
		if string(ran) != string(here) {
			return false, true
		}
		compared = true
	}
	return true, compared
}
