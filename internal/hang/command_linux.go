package hang

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// waitUntilEnded returns when a child has ended, and leaves its exit code for
// who waits for it. To wait for it outright would take notice of its stops
// away from the tracer in this same process.
func waitUntilEnded(pid int) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		pollUntilEnded(pid) // the kernel is older than 5.3
		return
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if n > 0 || err != nil && !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

func pollUntilEnded(pid int) {
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for range ticks.C {
		if _, ok := startOf(pid); !ok {
			return
		}
	}
}

// inForeground tells whether a terminal sends its Ctrl-C to this program, and
// so to the children in its process group too.
func inForeground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
