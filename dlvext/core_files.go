package dlvext

import (
	"debug/elf"
	"errors"
	"fmt"
	"path/filepath"
)

// fileFinder finds on this machine the files that a core's process had
// mapped, and makes sure that they are the same builds.
type fileFinder struct {
	opts  CoreOptions
	files map[string]*mappedFile // by the path in the process
}

// mappedFile is one such file.
type mappedFile struct {
	path    string
	deleted bool    // the process had it open when it was deleted or replaced
	view    *view   // nil: not to be had
	module  *Module // of the view
	why     string  // why not: what follows "in PATH, "
	checked bool    // that the view is of the build that the process had
	taken   bool    // the module is in use
}

func newFileFinder(opts CoreOptions) *fileFinder {
	return &fileFinder{opts: opts, files: map[string]*mappedFile{}}
}

// file returns the file that a mapping is of.
func (r *coreReader) file(f fileMapping) *mappedFile {
	if m := r.files.files[f.Path]; m != nil {
		return m
	}
	return r.files.find(f.Path, f.Deleted, r.buildIDInCore(f))
}

// find looks for the file that the process knew as path. The process had the
// build id want, as far as is known.
func (f *fileFinder) find(path string, deleted bool, want buildID) *mappedFile {
	m := &mappedFile{path: path, deleted: deleted, why: "which is not on this machine"}
	if deleted {
		m.why = "which was deleted or replaced while the process ran"
	}
	f.files[path] = m
	for _, name := range f.candidates(path) {
		if m.open(name, want, f.opts.DebugDirs) {
			break
		}
	}
	return m
}

// candidates are the places where the file may be. They do not have to exist.
func (f *fileFinder) candidates(path string) []string {
	var names []string
	absolute := filepath.IsAbs(path)
	if absolute && f.opts.Sysroot != "" {
		names = append(names, filepath.Join(f.opts.Sysroot, path))
	}
	for _, dir := range f.opts.LibDirs {
		names = append(names, filepath.Join(dir, filepath.Base(path)))
	}
	if absolute {
		names = append(names, path)
	}
	return names
}

// open takes the file called name if it can be the one.
func (m *mappedFile) open(name string, want buildID, debugDirs []string) bool {
	v, err := openView(name)
	if err != nil {
		return false
	}
	module, err := OpenModule(m.path, v, 0)
	if err != nil || module.Header.Type != elf.ET_EXEC && module.Header.Type != elf.ET_DYN {
		// A file of data may have changed since, and nothing would tell.
		m.why = "a file of data that the core does not hold"
		v.Close()
		return false
	}
	have := moduleBuildID(module)
	m.checked = want.comparable(have)
	other := m.checked && !want.same(have)
	if other {
		m.why = fmt.Sprintf("which is another build on this machine (build id %v, and the process had %v)", have, want)
	}
	if other || m.deleted && !m.checked {
		v.Close()
		return false
	}
	m.use(v, module, debugDirs)
	return true
}

func (m *mappedFile) use(v *view, module *Module, debugDirs []string) {
	module.DebugDirs, module.File = debugDirs, v.Name()
	m.view, m.module, m.why = v, module, ""
}

// at returns the file as a module of the process with the bias, or a
// [MissingModule].
func (m *mappedFile) at(bias uint64) *Module {
	if m.module == nil {
		missing := MissingModule(m.path, errors.New(m.why))
		missing.Bias = bias
		return missing
	}
	module := m.module
	if m.taken { // the file is mapped twice
		module, _ = OpenModule(m.path, m.view, 0)
		module.DebugDirs, module.File = m.module.DebugDirs, m.module.File
	}
	m.taken = true
	module.Bias = bias
	module.setBounds()
	return module
}

func (f *fileFinder) Close() error {
	var errs []error
	for _, m := range f.files {
		if m.view != nil {
			errs = append(errs, m.view.Close())
		}
	}
	return errors.Join(errs...)
}

// mappedFiles are the regions of the process that hold files, as NT_FILE
// lists them.
func (r *coreReader) mappedFiles() []region {
	var regions []region
	for _, f := range r.notes.Files {
		m := r.file(f)
		if m.view == nil {
			regions = append(regions, region{start: f.Start, end: f.End, why: "in " + f.Path + ", " + m.why})
			continue
		}
		end := f.Start
		if size := uint64(m.view.size); f.Off < size {
			end = min(f.End, f.Start+(size-f.Off))
			regions = append(regions, region{start: f.Start, end: end, view: m.view, off: int64(f.Off)})
		}
		regions = append(regions, region{start: end, end: f.End, why: "past the end of " + f.Path})
	}
	return regions
}

// exeSegments are the regions of the executable that it cannot write to, for
// cores that list no files: Delve's.
func (r *coreReader) exeSegments() []region {
	m := r.files.files[r.exe.Path]
	if m.view == nil {
		return nil
	}
	var regions []region
	for _, s := range r.exe.Segments {
		if s.Type == elf.PT_LOAD && s.Flags&elf.PF_W == 0 && s.Off+s.Filesz <= uint64(m.view.size) {
			start := s.Vaddr + r.exe.Bias
			regions = append(regions, region{start: start, end: start + s.Filesz, view: m.view, off: int64(s.Off)})
		}
	}
	return regions
}

// buildIDInCore returns the build id of a mapped file, as far as the core
// holds the page that it begins with.
func (r *coreReader) buildIDInCore(of fileMapping) buildID {
	for _, f := range append([]fileMapping{of}, r.mappings[of.Path]...) {
		if f.Off == 0 {
			if id := memoryBuildID(r.own, f.Start); id.known() {
				return id
			}
		}
	}
	return buildID{}
}

// tellMissing notes which libraries could not be read or checked.
func (r *coreReader) tellMissing() {
	var missing, unchecked []string
	for _, m := range r.img.Modules[1:] {
		switch file := r.files.files[m.Path]; {
		case file.view == nil:
			missing = append(missing, m.Path+", "+file.why)
		case !file.checked:
			unchecked = append(unchecked, m.Path)
		}
	}
	if len(missing) > 0 {
		r.note("%s cannot be read: %s; --sysroot or --lib-dir says where else to look",
			count(len(missing), "library", "libraries"), some(missing))
	}
	if len(unchecked) > 0 {
		r.note("%s could not be checked to be the build that the process had: %s",
			count(len(unchecked), "library", "libraries"), some(unchecked))
	}
}
