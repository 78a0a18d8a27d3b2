package hang

import (
	"context"
	"os"
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

// A look that takes longer than the tests had left is told of all the same: they
// did not meet their deadline.
func TestDeadlineDuringALook(t *testing.T) {
	if os.Getenv("DLV_ASYNC_TEST_NEVER_ENDS") != "" {
		select {}
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDeadlineDuringALook$", "-test.timeout=2s")
	cmd.Env = append(os.Environ(), "DLV_ASYNC_TEST_NEVER_ENDS=1")
	var told []*Hang
	w := &Watch{
		Tell: func(h *Hang) { told = append(told, h) },
		Take: func(_ context.Context, pid int, _ Want) (*graph.Snapshot, error) {
			b := graph.NewBuilder("")
			b.Task(&graph.Task{
				ID: "go:7", Runtime: "go", State: graph.StateRunnable,
				Frames: []*graph.Frame{{Func: "orders.TestSpin", Line: 1, Origin: graph.OriginUser}, {Func: "testing.tRunner", Module: "testing"}},
			})
			waitUntilEnded(pid)
			return b.Seal(), nil
		},
	}
	code, err := Run(t.Context(), cmd, w)
	if err != nil || code != 2 || len(told) != 1 || told[0].Sign != SignDeadline {
		t.Errorf("exit code %d, %v; told: %+v", code, err, told)
	}
}
