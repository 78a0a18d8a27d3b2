package dlvext

import (
	"context"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// A signal that is on its way when the target is stopped arrives after the
// stop, whether the tracer lets the target go or dies.
func TestSignalsArriveAfterTheStop(t *testing.T) {
	for name, end := range map[string]func(*seizure){
		"released":        (*seizure).release,
		"the tracer dies": func(*seizure) {},
	} {
		t.Run(name, func(t *testing.T) {
			target := startRole(t, "READY", "target")
			onOwnThread(func() {
				s := &seizure{pid: target.pid, known: map[int]bool{}}
				if _, err := s.seizeNew(); err != nil {
					t.Error(err)
					return
				}
				// To a thread that is seized: one that the target starts meanwhile
				// could take a signal to the process.
				if err := unix.Tgkill(target.pid, s.threads[0].tid, unix.SIGUSR1); err != nil {
					t.Error(err)
					return
				}
				for !pending(s, unix.SIGUSR1) {
					runtime.Gosched()
				}
				end(s)
			})
			if got := target.line(); got != "SIGUSR1" {
				t.Errorf("the target said %q", got)
			}
			target.runs()
		})
	}
}

// pending looks whether a thread was stopped with the signal on its way.
func pending(s *seizure, signal unix.Signal) bool {
	for i := range s.threads {
		if t := &s.threads[i]; t.state == seized {
			t.poll()
		}
		if s.threads[i].pending == signal {
			return true
		}
	}
	return false
}

// Threads that come and go while a process is being stopped are all stopped,
// and those that have gone are no error.
func TestStopWhileThreadsComeAndGo(t *testing.T) {
	target := startRole(t, "READY", "churn")
	p := openProcess(t, target.pid)
	for range 30 {
		_, err := p.Capture(context.Background(), CaptureOptions{MaxStop: tooLong}, func(_ context.Context, img *Image) error {
			requireStopped(t, target.pid)
			ids, err := threadIDs(target.pid)
			if len(ids) < len(img.Threads) {
				t.Errorf("%d threads, %d of them stopped", len(ids), len(img.Threads))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	target.runs()
}
