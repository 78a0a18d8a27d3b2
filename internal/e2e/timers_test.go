package e2e

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// Of a timer that no goroutine waits for the runtime's own counts say what it
// will call.
func TestPendingTimers(t *testing.T) {
	toolchains := append([]string{""}, testtarget.Toolchains...)
	if testtarget.Full() {
		toolchains = append(toolchains, testtarget.Older...)
	}
	for _, toolchain := range toolchains {
		o := testtarget.Options{Toolchain: toolchain}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "endings", o))
			for _, v := range views {
				counts := map[string]any{}
				for _, a := range v.see(t, tg).Runtimes[0].Stats {
					counts[a.Key] = a.Value
				}
				if functions, _ := counts["timers_for"].(string); !strings.Contains(functions, "main.later (1)") {
					t.Errorf("%s: the runtime counts %v, and no timer for main.later", v.name, counts)
				}
			}
		})
	}
}
