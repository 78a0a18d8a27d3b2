package dlvext

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Capture stops the process, runs collect while it stands still, and lets it
// go. The image that collect gets is the one that Capture returns: what
// collect reads of its memory is kept, and can be read from then on, as can
// what the modules' files have; the rest answers with a [*Fault].
//
// The process goes on when collect returns or MaxStop is over, whichever
// comes first, and whatever becomes of this program: see [armDeadman]. From
// then on collect, if it has not returned, finds no more than it had read; its
// context has ended. If collect returns an error, so does Capture.
//
// A process that another one traces is read as it stands, or runs: the image has a
// note that says which.
//
// When the target is a child of this program, nobody may be waiting for it in
// [os.Process.Wait] meanwhile: the kernel would tell of the stop there, as if
// it were the child's end.
func (p *Process) Capture(ctx context.Context, o CaptureOptions, collect func(context.Context, *Image) error) (*Image, error) {
	o = o.withDefaults()
	o.MaxBytes = min(o.MaxBytes, availableMemory()/2)
	status, err := checkProcess(p.pid)
	switch {
	case err != nil:
		return nil, endedError(p.pid)
	case status.tracer != 0 && !o.NoStop:
		return p.newCapture(ctx, o, status, collect).held(status.tracer)
	}
	if o.NoStop {
		return p.newCapture(ctx, o, status, collect).running()
	}
	resume := hold()
	c := p.newCapture(ctx, o, status, collect)
	onOwnThread(func() { err = c.stopped() })
	resume()
	if err == nil {
		err = c.finish()
	}
	if err != nil {
		return nil, err
	}
	return c.image, nil
}

// capture is one capture under way.
type capture struct {
	*Process
	options CaptureOptions
	ctx     context.Context // the caller's
	collect func(context.Context, *Image) error

	image    *Image
	memory   *capturing
	start    chan context.Context // what collect begins with
	finished chan outcome         // of collect
	bell     bell                 // rung when collect has finished, or nobody wants it to
}

// outcome is how a collect ended.
type outcome struct {
	err      error
	panicked any
}

func (p *Process) newCapture(ctx context.Context, o CaptureOptions, status procStatus, collect func(context.Context, *Image) error) *capture {
	image := p.image.copied()
	reserve := reserveFor(o, status)
	memory := newCapturing(p.reader, reserve, o.MaxBytes, image.Modules)
	if !o.Heap && !o.Private && o.PrivateToo == nil {
		beside := reserve // who reads so much keeps about as much of it apart
		if o.ReserveBeside > 0 {
			beside = int(min(o.ReserveBeside, int64(reserve)*4))
		}
		warm(beside)
	}
	image.Memory = memory
	if before, ok := p.image.Memory.(*recorder); ok {
		image.Memory = &recorder{inner: memory, touched: before.touched}
	}
	return &capture{Process: p, options: o, ctx: ctx, collect: collect, image: image, memory: memory}
}

// Memory to make ready before a stop when nobody says how much: a walk reads
// tasks and stacks, a good part of a small process and a small part of a large
// one. Too little costs stopped time, too much costs the same before the
// stop, where nobody waits but us.
const (
	leastReserve = 2 << 20
	mostReserve  = 32 << 20
)

// reserveFor bounds what is asked for by what the process has: the number may
// come from its memory.
func reserveFor(o CaptureOptions, status procStatus) int {
	want := min(status.anonymous/2, mostReserve)
	switch {
	case o.Heap, o.Private, o.PrivateToo != nil: // and the data of its modules that it has not changed
		want = status.anonymous + status.anonymous/16 + leastReserve
	case o.Reserve > 0:
		want = min(o.Reserve, status.anonymous)
	}
	return int(min(max(want, leastReserve), o.MaxBytes))
}

// stopped does what is done under the stop. It runs on a thread of its own.
func (c *capture) stopped() error {
	hurry()
	c.prepare()
	defer close(c.start)
	watch, err := armDeadman(c.options.MaxStop)
	if err != nil {
		return err
	}
	defer watch.disarm()

	deadline := time.Now().Add(c.options.MaxStop)
	s, err := seize(c.pid, deadline)
	if err != nil {
		return err
	}
	defer func() {
		s.release()
		c.image.Stopped = time.Since(s.since)
	}()
	if err := c.same(); err != nil {
		return err
	}
	c.dated(s.since)
	return c.read(s, deadline)
}

// read reads what there is to read until collect is done or time is over.
// After it nothing reads the process any more.
func (c *capture) read(s *seizure, deadline time.Time) error {
	threads, asleep := s.registers()
	c.image.Threads = threads
	if len(asleep) > 0 {
		c.addNote("threads that slept within the kernel (a disk that does not answer is one cause) could not be stopped, and of these no more is known than where they stand: %s", listed(asleep))
	}
	finished := false
	ctx, cancel := context.WithDeadline(c.ctx, deadline)
	defer func() {
		if finished { // if not, that its time is over is what it is to be told
			cancel()
		}
	}()
	unheard := context.AfterFunc(c.ctx, c.bell.ring)
	defer unheard()
	c.start <- ctx
	c.bell.wait(deadline)
	select {
	case result := <-c.finished:
		finished = true
		c.memory.freeze(ctx.Err() != nil) // then it may have left out the rest
		c.finished <- result
	default:
		c.memory.freeze(true)
	}
	return nil
}

// prepare makes a thread ready for collect, before anybody waits for it.
func (c *capture) prepare() {
	c.start, c.finished = make(chan context.Context, 1), make(chan outcome, 1)
	go func() {
		hurry()
		if ctx, ok := <-c.start; ok {
			c.run(ctx)
		}
	}()
}

// run runs collect. What it panics with is kept: the target is to be let go
// before the panic goes on.
func (c *capture) run(ctx context.Context) {
	var result outcome
	completed := false
	defer func() {
		if !completed {
			result = outcome{err: errors.New("the capture was abandoned"), panicked: recover()}
		}
		c.finished <- result
		c.bell.ring()
	}()
	// What was read before the stop, while it was recorded, belongs to it.
	c.memory.ReadMany(ReadSet(c.image))
	result.err = c.collect(ctx, c.image)
	if more := c.options.PrivateToo; more != nil && result.err == nil {
		c.options.Private = more()
	}
	if (c.options.Heap || c.options.Private) && result.err == nil {
		result.err = c.readHeap(ctx)
	}
	completed = true
}

// running captures the process without a stop.
func (c *capture) running() (*Image, error) {
	if err := c.same(); err != nil {
		return nil, err
	}
	c.addNote("torn: the process was read while it ran, so that parts of what is shown may never have been true together")
	c.dated(time.Now())
	c.image.Threads = c.runningThreads()
	c.finished = make(chan outcome, 1)
	go c.run(c.ctx)
	if err := c.finish(); err != nil {
		return nil, err
	}
	return c.image, nil
}

// finish waits for collect and says what became of the capture.
func (c *capture) finish() error {
	result := <-c.finished
	c.memory.freeze(false)
	if result.panicked != nil {
		panic(result.panicked)
	}
	switch {
	case c.memory.gone:
		return endedError(c.pid)
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	case result.err != nil && !errors.Is(result.err, context.DeadlineExceeded):
		return result.err
	}
	c.image.Whole = (c.options.Heap || c.options.Private) && !c.memory.cut.Load()
	if c.memory.cut.Load() {
		c.addNote("cut: the capture ended at its limit of %v or %d MB; what it had not read is missing (--max-stop gives it longer)", c.options.MaxStop, c.options.MaxBytes>>20)
	}
	return nil
}

// dated sets the moment of the capture, on both clocks.
func (c *capture) dated(at time.Time) {
	c.image.CapturedAt = at
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) == nil {
		c.image.Monotonic = time.Duration(now.Nano()) - time.Since(at)
	}
}

func (c *capture) addNote(format string, args ...any) {
	c.image.Notes = append(c.image.Notes, fmt.Sprintf(format, args...))
}
