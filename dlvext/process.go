package dlvext

import "time"

// CaptureOptions say how a process is captured. The zero CaptureOptions stop
// it, for no longer than [DefaultMaxStop], and copy what the walkers ask for.
type CaptureOptions struct {
	// NoStop reads the process while it runs. What is read is then of
	// different moments, and the image has a note that says so.
	NoStop bool

	// Heap copies all writable memory besides what is asked for.
	Heap bool

	// Private copies the memory that is the process's own besides what is
	// asked for: what it shares with others (files, shared memory) stays out.
	// It is for walks that follow pointers all over the heap: to copy 100 MB
	// takes less time than to ask for a thousandth of them piece by piece. See
	// [Process.PrivateBytes].
	Private bool

	// PrivateToo is asked when collect has returned whether to copy what
	// Private would have: of a process that is large for that, collect may have
	// found a quicker way. nil: no.
	PrivateToo func() bool

	// MaxStop bounds the time that the process stands still. What was not
	// read by then is not captured, and the image has a note that says so.
	MaxStop time.Duration

	// MaxBytes bounds what is copied, in the same way; half of the memory that
	// this machine has left does too.
	MaxBytes int64

	// Reserve is how many bytes are likely to be asked for. So much memory is
	// made ready before the stop, if the process has that much; more than
	// that costs time under it. 0: a guess by the size of the process.
	Reserve int64

	// ReserveBeside is how many bytes collect is likely to allocate on its way from
	// one read to the next. 0: as many as it reads.
	ReserveBeside int64
}

// The bounds of a capture whose options have none.
const (
	DefaultMaxStop  = 600 * time.Millisecond
	DefaultMaxBytes = 4 << 30
)

func (o CaptureOptions) withDefaults() CaptureOptions {
	if o.MaxStop <= 0 {
		o.MaxStop = DefaultMaxStop
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	return o
}
