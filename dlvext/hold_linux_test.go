package dlvext

import (
	"runtime"
	"runtime/metrics"
	"testing"
)

// What a capture allocated is not looked through for garbage as soon as its target
// goes on; once the collector has come by, it comes as often as before.
func TestGarbageIsCollectedLaterOnce(t *testing.T) {
	before := gcPercent()
	resume := hold()
	captured := make([]byte, 64<<20)
	resume()
	if later := gcPercent(); later <= before {
		t.Errorf("the percentage is %d after a capture of 64 MB, and was %d", later, before)
	}
	runtime.KeepAlive(captured)
	for gcPercent() != before { // the test's own time ends this where it never happens
		runtime.GC()
	}
}

// gcPercent is how much the heap grows between two collections.
func gcPercent() uint64 {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
