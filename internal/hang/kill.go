package hang

import (
	"os"
	"syscall"
	"time"
)

// grace is how long a process may take to end after it was asked to.
const grace = 5 * time.Second

// Kill ends the process as go test does one that outlives its deadline: by
// SIGQUIT, upon which a Go program says where its goroutines stand and a
// Python ends, and by SIGKILL if it is still there after some seconds.
func (h *Hang) Kill() error {
	p, err := os.FindProcess(h.PID)
	if err != nil || !h.watched.alive() {
		return nil // it has ended
	}
	time.AfterFunc(grace, func() {
		if h.watched.alive() {
			_ = p.Kill()
		}
		_ = p.Release()
	})
	return p.Signal(syscall.SIGQUIT)
}
