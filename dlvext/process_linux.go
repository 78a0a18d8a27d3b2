package dlvext

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a running process that can be captured. Opening one neither
// stops it nor changes it in any way.
type Process struct {
	pid     int
	thread  int // of it, whose files in /proc are read: its first one may have ended
	reader  *vmReader
	image   *Image
	started uint64
	auxv    []byte
}

// OpenProcess opens a process for reading: its executable and libraries are
// opened, through /proc, so that it is the files it runs that are read, even
// if others stand in their place by now. The error is one line: what is
// wrong, why, and what would help.
func OpenProcess(pid int) (*Process, error) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return nil, fmt.Errorf("a running process can be read on amd64 and arm64, and this is %s", runtime.GOARCH)
	}
	status, err := checkProcess(pid)
	if err != nil {
		return nil, err
	}
	makeRoom(status.anonymous)
	p := &Process{pid: pid, thread: pid, started: status.started}
	if status.state == 'Z' {
		p.thread = livingThread(pid)
		if p.thread == 0 {
			return nil, fmt.Errorf("process %d (%s) has ended and is a zombie until its parent, %d, takes notice: there is nothing left to read", pid, status.name, status.parent)
		}
	}
	if err := p.open(); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// checkProcess refuses what is no process that could be read.
func checkProcess(pid int) (procStatus, error) {
	status, err := readStatus(pid)
	switch {
	case pid <= 0 || err != nil && unix.Kill(pid, 0) == unix.ESRCH:
		return status, fmt.Errorf("there is no process %d", pid)
	case err != nil:
		return status, fmt.Errorf("process %d is hidden from this user (/proc is mounted with hidepid): run as its user or root", pid)
	case status.tgid != pid:
		return status, fmt.Errorf("%d is a thread of process %d: attach to that", pid, status.tgid)
	case status.kernelThread:
		return status, fmt.Errorf("process %d (%s) is a thread of the kernel: it has no memory of its own to read", pid, status.name)
	case pid == os.Getpid():
		return status, fmt.Errorf("process %d is this program itself, and cannot be stopped by itself", pid)
	}
	return status, nil
}

// livingThread finds a thread of the process that has not ended; 0: none.
func livingThread(pid int) int {
	ids, err := threadIDs(pid)
	if err != nil {
		return 0
	}
	for _, tid := range ids {
		if s := threadState(pid, tid); s != 0 && s != 'Z' && s != 'X' {
			return tid
		}
	}
	return 0
}

func (p *Process) open() error {
	mappings, err := readMappings(p.thread)
	if err != nil {
		return explainRead(p.pid, err)
	}
	if p.auxv, err = readAuxv(p.thread); err != nil {
		return explainRead(p.pid, err)
	}
	name, err := os.Readlink(procFile(p.thread, "exe"))
	if err != nil {
		return explainRead(p.pid, err)
	}
	exe, err := p.openExecutable(name)
	if err != nil {
		return err
	}
	p.image = &Image{Source: "attach", PID: p.pid, Exe: exe.Path, Arch: runtime.GOARCH, CapturedAt: time.Now(), Modules: []*Module{exe}}
	p.noteReplaced(name)
	p.openLibraries(mappings)

	if p.reader, err = newVMReader(p.thread, firstReadable(mappings)); err != nil {
		return explainRead(p.pid, err)
	}
	p.image.Memory = p.reader
	return nil
}

// firstReadable is an address that can be read; 0 when there is none.
func firstReadable(mappings []mapping) uint64 {
	for _, m := range mappings {
		if m.perms[0] == 'r' {
			return m.start
		}
	}
	return 0
}

// openExecutable opens the executable and refuses one that this program
// cannot read: of 32 bits, or for another machine under an emulator.
func (p *Process) openExecutable(name string) (*Module, error) {
	f, err := os.Open(procFile(p.thread, "exe"))
	if err != nil {
		return nil, explainRead(p.pid, err)
	}
	path := withoutDeleted(name)
	var ident [elf.EI_NIDENT]byte
	if _, err := f.ReadAt(ident[:], 0); err == nil && string(ident[:4]) == elf.ELFMAG && elf.Class(ident[elf.EI_CLASS]) == elf.ELFCLASS32 {
		f.Close()
		return nil, fmt.Errorf("process %d (%s) is a 32-bit program, and only 64-bit ones can be read", p.pid, path)
	}
	m, err := OpenModule(path, f, 0)
	if err != nil {
		return m, nil // the module says what is the matter with it
	}
	if m.Header.Machine != machines[runtime.GOARCH] {
		m.Close()
		return nil, fmt.Errorf("process %d (%s) is a program for %v, and this one reads those for %s", p.pid, path, m.Header.Machine, runtime.GOARCH)
	}
	entry, ok := auxValue(p.auxv, atEntry)
	if !ok {
		m.Close()
		return nil, fmt.Errorf("process %d has no entry point in /proc/%d/auxv", p.pid, p.thread)
	}
	p.findsDebugFiles(m)
	m.Bias = entry - m.Header.Entry
	m.setBounds()
	return m, nil
}

// findsDebugFiles has a module look for a separate debug file where the
// process sees files, then where this program does.
func (p *Process) findsDebugFiles(m *Module) {
	const debugDir = "/usr/lib/debug"
	root := procFile(p.thread, "root")
	m.File, m.DebugDirs = root+m.Path, []string{root + debugDir, debugDir}
}

// Image is the process as it runs: its modules, and its memory, which changes
// under the reader. It has no threads.
func (p *Process) Image() *Image { return p.image }

// PrivateBytes is how much memory of its own the process has at this moment,
// about as much as [CaptureOptions].Private would copy.
func (p *Process) PrivateBytes() (int64, error) {
	status, err := readStatus(p.thread)
	if err != nil {
		return 0, endedError(p.pid)
	}
	return status.anonymous + status.swapped, nil
}

// Close lets go of the process and of its modules' files.
func (p *Process) Close() error {
	var errs []error
	if p.image != nil {
		for _, m := range p.image.Modules {
			errs = append(errs, m.Close())
		}
	}
	if p.reader != nil {
		errs = append(errs, p.reader.Close())
	}
	return errors.Join(errs...)
}

// same tells whether the process is still the one that was opened: not
// another that got its id, and not another program.
func (p *Process) same() error {
	status, err := readStatus(p.pid)
	if err != nil {
		return endedError(p.pid)
	}
	if status.started != p.started {
		return fmt.Errorf("process %d ended, and another one has its id now: look again with ps", p.pid)
	}
	auxv, err := readAuxv(p.thread)
	if err != nil {
		return endedError(p.pid)
	}
	if !bytes.Equal(auxv, p.auxv) {
		return fmt.Errorf("process %d became another program (exec) while it was being read: try again", p.pid)
	}
	return nil
}
