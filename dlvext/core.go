package dlvext

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// CoreOptions say where the files of a core's process are.
type CoreOptions struct {
	Sysroot   string   // a copy of the root directory of the process's machine; searched first
	LibDirs   []string // directories with libraries of the process, by their bare names
	DebugDirs []string // directories with separate debug files; nil: /usr/lib/debug

	// AnyExe goes on with an executable that is not the one that ran, and
	// says so in the notes.
	AnyExe bool
}

// OpenCore reads the core dump of a process: as Linux, gcore or Delve write
// it, and as systemd-coredump or gzip compress it. The executable may be left
// out when the core names one that is on this machine, and is refused when it
// is not the one that ran.
//
// Memory is what the core holds, then what the mapped files hold, of the same
// build; all else is a [*Fault] that says what is missing. Errors are one
// line; what does not prevent reading is in the image's Notes.
//
// A core must not be cut while it is open: it is mapped into memory.
func OpenCore(exe, core string, opts CoreOptions) (*Image, error) {
	v, notes, err := openCoreFile(core)
	if err != nil {
		if err == ErrNotELF && exe != "" && typeOf(exe) == elf.ET_CORE {
			return nil, swapped(exe, core)
		}
		return nil, fmt.Errorf("cannot read the core %s: %w", core, withoutPath(err))
	}
	makeRoom(v.size)
	if opts.DebugDirs == nil {
		opts.DebugDirs = []string{filepath.Join(opts.Sysroot, "/usr/lib/debug"), "/usr/lib/debug"}
	}
	r := &coreReader{path: core, opts: opts, view: v, files: newFileFinder(opts)}
	if err := r.read(exe); err != nil {
		r.close()
		return nil, err
	}
	r.img.Notes = append(notes, r.img.Notes...)
	r.img.onClose(r.close)
	return r.img, nil
}

func swapped(exe, core string) error {
	return fmt.Errorf("%s is the core, and %s is not: give the executable first, then the core", exe, core)
}

// typeOf returns the type of an ELF file, ET_NONE when it is none.
func typeOf(path string) elf.Type {
	v, err := openView(path)
	if err != nil {
		return elf.ET_NONE
	}
	defer v.Close()
	l, err := readELFLayout(v)
	if err != nil {
		return elf.ET_NONE
	}
	return l.Type
}

// withoutPath takes the path from an error of package os: the message it goes
// into has it already.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err
	}
	return err
}
