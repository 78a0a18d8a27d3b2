package dlvext

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// maxModules bounds the libraries of a process. Large desktop programs have
// some 400.
const maxModules = 1 << 12

// withoutDeleted takes off what the kernel adds to the name of a file that
// is no longer at its place.
func withoutDeleted(name string) string { return strings.TrimSuffix(name, " (deleted)") }

// noteReplaced notes that the executable's path no longer leads to it. name
// is what /proc/PID/exe says.
func (p *Process) noteReplaced(name string) {
	path := withoutDeleted(name)
	var running, there unix.Stat_t
	if unix.Stat(procFile(p.thread, "exe"), &running) != nil {
		return
	}
	err := unix.Stat(procFile(p.thread, "root")+path, &there)
	switch {
	case err == nil && (running.Ino != there.Ino || running.Dev != there.Dev):
		p.note("%s was replaced on disk since the process was started: the file that it runs is read", path)
	case err == unix.ENOENT:
		p.note("%s was deleted on disk since the process was started: the file that it runs is read", path)
	}
}

func (p *Process) note(format string, args ...any) {
	p.image.Notes = append(p.image.Notes, fmt.Sprintf(format, args...))
}

// openLibraries opens the files, besides the executable, that the process has
// code mapped from.
func (p *Process) openLibraries(mappings []mapping) {
	type file struct {
		device string
		inode  uint64
	}
	var exe unix.Stat_t
	seen := map[file]bool{}
	if unix.Stat(procFile(p.thread, "exe"), &exe) == nil {
		// By number alone: in an overlay the two files have different devices.
		for _, m := range mappings {
			if m.inode == exe.Ino && m.path == p.image.Exe {
				seen[file{m.device, m.inode}] = true
			}
		}
	}
	for i, m := range mappings {
		id := file{m.device, m.inode}
		if m.inode == 0 || m.perms[2] != 'x' || !strings.HasPrefix(m.path, "/") || seen[id] {
			continue
		}
		seen[id] = true
		if len(p.image.Modules) == maxModules {
			p.note("cut: the process has more than %d libraries", maxModules)
			return
		}
		p.image.Modules = append(p.image.Modules, p.openLibrary(mappings, i))
	}
}

// openLibrary opens the file of the executable mapping i.
func (p *Process) openLibrary(mappings []mapping, i int) *Module {
	code := mappings[i]
	f, err := p.openMapped(code)
	if err != nil {
		return p.missing(code, err)
	}
	m, err := OpenModule(code.path, f, 0)
	if err != nil { // the module says what: it may be no ELF file
		m.Start, m.End = code.start, code.end
		return m
	}
	p.findsDebugFiles(m)
	// The header's mapping says best where the file lies: with some linkers
	// the page where code begins belongs to two segments.
	first := code
	for _, other := range slices.Backward(mappings[:i]) {
		if other.inode == code.inode && other.device == code.device {
			first = other
			if other.offset == 0 {
				break
			}
		}
	}
	if err := m.Place(first.start, first.offset); err != nil {
		m.Close()
		return p.missing(code, err)
	}
	return m
}

func (p *Process) missing(m mapping, err error) *Module {
	missing := MissingModule(m.path, err)
	missing.Start, missing.End = m.start, m.end
	p.note("%v: what lies in it has no names", missing.Err)
	return missing
}

// openMapped opens the file that a mapping was made from: by the kernel's
// link to it, for which one must be privileged, or else by its path, if the
// file there is the same.
func (p *Process) openMapped(m mapping) (*os.File, error) {
	var st unix.Stat_t
	link := procFile(p.thread, fmt.Sprintf("map_files/%x-%x", m.start, m.end))
	if unix.Stat(link, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG {
		if f, err := os.Open(link); err == nil {
			return f, nil
		}
	}
	path := procFile(p.thread, "root") + m.path
	// Looked at before it is opened: to open a device or a pipe may do more.
	err := unix.Stat(path, &st)
	switch {
	case m.deleted || err == nil && st.Ino != m.inode:
		return nil, errors.New("it was replaced on disk since the process loaded it; root can read the one that is loaded")
	case err != nil:
		return nil, err
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, errors.New("it is not a regular file")
	}
	return os.Open(path)
}
