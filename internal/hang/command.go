package hang

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Run starts a command and watches it: w.Root is set to its process. What the
// command writes and how it ends is its own; the code is that of its end, 128
// and the signal's number where a signal ended it. When ctx ends, as by Ctrl-C,
// the watch does, and the command is waited for: a terminal tells both, and who
// tells this program alone has it passed on.
func Run(ctx context.Context, cmd *exec.Cmd, w *Watch) (code int, err error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	w.Root = cmd.Process.Pid
	finished, ended := make(chan struct{}), make(chan struct{})
	go func() {
		w.Run(ctx, finished)
		close(ended)
	}()
	over := make(chan struct{})
	defer close(over)
	go func() {
		for {
			select {
			case <-over:
				return
			case s := <-signals:
				if s != os.Interrupt || !inForeground() {
					_ = cmd.Process.Signal(s)
				}
			}
		}
	}()
	waitUntilEnded(cmd.Process.Pid)
	close(finished)
	<-ended
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if code = cmd.ProcessState.ExitCode(); code < 0 {
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return 128 + int(status.Signal()), nil
		}
		code = 1
	}
	return code, nil
}
