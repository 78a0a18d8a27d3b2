package walker_test

import (
	"testing"

	"github.com/dlv-async/dlv-async/walker"
)

func TestBesideHandsOnAPanic(t *testing.T) {
	ran := false
	walker.Beside(func() { ran = true })()
	if !ran {
		t.Error("it was not waited for")
	}
	wait := walker.Beside(func() { panic("torn") })
	defer func() {
		if got := recover(); got != "torn" {
			t.Errorf("recovered %v, want what was panicked with", got)
		}
	}()
	wait()
	t.Error("the panic was lost")
}
