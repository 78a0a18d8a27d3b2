package testtarget

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Skip ends a test for want of something the machine does not have: as a
// failure when DLV_ASYNC_MUST names it, else as a skip that says how to get it.
func Skip(t testing.TB, what, why, remedy string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("DLV_ASYNC_MUST"), ","), what) {
		t.Fatalf("%s must be here (DLV_ASYNC_MUST) and is not: %s; %s", what, why, remedy)
	}
	t.Skipf("no %s: %s; %s", what, why, remedy)
}
