package e2e

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A goroutine that is in C code waits for that function.
func TestWaitForC(t *testing.T) {
	for _, toolchain := range toolchainsFor() {
		o := testtarget.Options{Toolchain: toolchain, CGO: true}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "syscalls", o), "c")
			for _, v := range views {
				s := v.see(t, tg)
				found := s.Find("~main.pause")
				if len(found) != 1 || len(found[0].Waits) != 1 {
					t.Fatalf("%s: %d tasks in main.pause", v.name, len(found))
				}
				if w := found[0].Waits[0]; w.Kind != graph.WaitCgo || w.Text != "pause" {
					t.Errorf("%s: it waits for %q %q, not for C's pause", v.name, w.Kind, w.Text)
				}
			}
		})
	}
}
