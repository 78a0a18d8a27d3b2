package dlvext

import (
	"fmt"
	"os"
	"time"
)

// A process has one tracer. One that gdb, strace or another debugger holds is
// not stopped a second time: its memory can be read as it is, and /proc says
// of threads that stand where they stand.

// held captures a process that another one traces.
func (c *capture) held(tracer int) (*Image, error) {
	if err := c.same(); err != nil {
		return nil, err
	}
	before := c.standing()
	c.dated(time.Now())
	c.image.Threads = c.runningThreads()
	c.finished = make(chan outcome, 1)
	go c.run(c.ctx)
	if err := c.finish(); err != nil {
		return nil, err
	}
	who := tracerName(tracer)
	switch after := c.standing(); {
	case before == nil:
		c.addNote("torn: the process was read while it ran, as it is traced by %s and could not be stopped: parts of what is shown may never have been true together", who)
	case !sameThreads(before, after):
		c.addNote("torn: %s, which holds the process, let it go on while it was read: parts of what is shown may never have been true together", who)
	default:
		c.addNote("the process is held by %s, and was read as it stands: of its threads no more is known than where they stand, and breakpoints may be in its code", who)
	}
	return c.image, nil
}

// standing is where each thread of the process stands, if all of them are
// stopped; nil: some run.
func (c *capture) standing() map[int]string {
	ids, err := threadIDs(c.pid)
	if err != nil {
		return nil
	}
	where := make(map[int]string, len(ids))
	for _, tid := range ids {
		switch threadState(c.pid, tid) {
		case 't', 'T': // by a tracer, or a signal
		case 'Z', 'X', 0: // no more
			continue
		default:
			return nil
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/syscall", c.pid, tid))
		if err != nil {
			return nil
		}
		where[tid] = string(text)
	}
	return where
}

func sameThreads(a, b map[int]string) bool {
	if len(a) != len(b) {
		return false
	}
	for tid, where := range a {
		if now, ok := b[tid]; !ok || now != where {
			return false
		}
	}
	return true
}

// tracerName names the process that a tracing thread belongs to.
func tracerName(tracer int) string {
	if s, err := readStatus(tracer); err == nil {
		return fmt.Sprintf("%s (pid %d)", s.name, s.tgid)
	}
	return "a process that is not visible here"
}
