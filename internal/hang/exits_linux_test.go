package hang

import (
	"context"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Of a process that ends just as it is looked at nothing is told, and its exit
// code is its own.
func TestProcessEndsAsItIsLookedAt(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "chans", testtarget.Options{})
	for name, before := range map[string]bool{"before it stops": true, "when it was read": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(exe)
			if _, err := cmd.StdinPipe(); err != nil { // it ends with its input
				t.Fatal(err)
			}
			var looked, told atomic.Int32
			w := &Watch{
				Any: true, After: time.Millisecond,
				Tell: func(*Hang) { told.Add(1) },
				Take: func(ctx context.Context, pid int, _ Want) (s *graph.Snapshot, err error) {
					end := func() {
						looked.Add(1)
						_ = unix.Kill(pid, unix.SIGKILL)
						waitUntilEnded(pid)
					}
					if before {
						end()
					}
					s, err = snapshot.Attach(ctx, pid, snapshot.Options{})
					if !before {
						end()
					}
					return s, err
				},
			}
			code, err := Run(t.Context(), cmd, w)
			if err != nil || code != 128+int(unix.SIGKILL) || looked.Load() == 0 || told.Load() != 0 {
				t.Errorf("exit code %d, %v; it was looked at %d times and told of %d times", code, err, looked.Load(), told.Load())
			}
		})
	}
}
