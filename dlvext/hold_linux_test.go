package dlvext

import (
	"runtime"
	"runtime/metrics"
	"testing"
)

// What a capture allocated is not looked through for garbage as soon as its target
// goes on; once the collector has come by, it comes as often as before.
func TestGarbageIsCollectedLaterOnce(t *testing.T) {
	before := settledPercent(t) // other tests have captured too
	resume := hold()
	captured := make([]byte, 64<<20)
	resume()
	if later := gcPercent(); later <= before {
		t.Errorf("the percentage is %d after a capture of 64 MB, and was %d", later, before)
	}
	runtime.KeepAlive(captured)
	if after := settledPercent(t); after != before {
		t.Errorf("the percentage is %d after a collection, and was %d", after, before)
	}
}

// settledPercent is how much the heap grows between two collections once no
// capture delays the next one.
func settledPercent(t *testing.T) uint64 {
	t.Helper()
	for range 1000 {
		held.mu.Lock()
		later := held.later
		held.mu.Unlock()
		if !later {
			return gcPercent()
		}
		runtime.GC() // what it finds is told by a goroutine of its own
	}
	t.Fatal("the next collection does not end the delay")
	return 0
}

// gcPercent is how much the heap grows between two collections.
func gcPercent() uint64 {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
