package dlvext

import (
	"errors"
	"slices"
	"time"
)

// Image is one process at one moment.
type Image struct {
	Source     string // attach, core, recording, delve, bytes
	PID        int    // 0: unknown
	Exe        string // the executable's path as the target named it
	Arch       string // GOARCH's names: amd64, arm64
	CapturedAt time.Time
	Monotonic  time.Duration // CLOCK_MONOTONIC at the capture; 0: not known, as in a core
	Stopped    time.Duration // how long the target stood still
	Signal     *Signal       // what ended the process, in a core that says so

	// Whole tells that all memory that the process wrote to is at hand, so that
	// looking through its heap finds what there is. Of a recording it tells
	// that of what was recorded: whoever looked then has it all again.
	Whole bool

	Memory  Memory
	Modules []*Module // the executable first
	Threads []Thread  // in a core the one that the signal hit comes first

	Notes []string // what the reader of any output should know: cut, torn, not checked

	closers []func() error
	delve   delve
}

// Close gives back the files and the memory behind the image. Nothing that
// was read from its Memory may be used any more.
func (img *Image) Close() error {
	var errs []error
	for _, c := range slices.Backward(img.closers) {
		errs = append(errs, c())
	}
	img.closers = nil
	return errors.Join(errs...)
}

// onClose has Close call f, before what was registered earlier.
func (img *Image) onClose(f func() error) { img.closers = append(img.closers, f) }

// copied returns an image with the same fields, for other memory. Closing it
// closes nothing of the first, and it gets a Delve target of its own.
func (img *Image) copied() *Image {
	return &Image{
		Source: img.Source, PID: img.PID, Exe: img.Exe, Arch: img.Arch,
		CapturedAt: img.CapturedAt, Monotonic: img.Monotonic, Stopped: img.Stopped, Signal: img.Signal, Whole: img.Whole,
		Memory: img.Memory, Modules: img.Modules, Threads: img.Threads,
		Notes: slices.Clone(img.Notes),
	}
}

// Signal is what the kernel recorded of a process's end.
type Signal struct {
	Number int
	Code   int    // si_code
	Addr   uint64 // si_addr, of a fault
	TID    int    // the thread it was delivered to
}

// Thread is an operating system's thread with its registers.
type Thread struct {
	TID  int
	Regs Registers // nil: not known

	// Partial: of Regs only the stack pointer, the program counter and, of a thread
	// in a system call, that are known.
	Partial bool
}
