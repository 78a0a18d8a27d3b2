package dlvext

import (
	"testing"
	"time"
)

// Who waits for a bell is woken when it is rung, before or after, and when the time
// is over.
func TestBell(t *testing.T) {
	var rungBefore, rungAfter, never bell
	far := time.Now().Add(tooLong)
	rungBefore.ring()
	rungBefore.wait(far)

	waiting := make(chan struct{})
	go func() {
		<-waiting
		rungAfter.ring()
	}()
	close(waiting)
	rungAfter.wait(far)
	if !time.Now().Before(far) {
		t.Error("nobody was woken before the time was over")
	}

	soon := time.Now().Add(time.Millisecond)
	never.wait(soon)
	if time.Now().Before(soon) {
		t.Error("it was woken by nobody before the time was over")
	}
}
