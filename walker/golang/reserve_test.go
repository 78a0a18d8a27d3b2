package golang

import (
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker"
)

// boasting is memory in which a slice has another length.
type boasting struct {
	dlvext.Memory
	slice, length uint64
}

func (m boasting) Read(addr uint64, buf []byte) error {
	err := m.Memory.Read(addr, buf)
	if addr == m.slice && len(buf) == 24 {
		le.PutUint64(buf[8:], m.length)
		le.PutUint64(buf[16:], m.length)
	}
	return err
}

// Room is made for the goroutines that there are, and not for millions that are
// claimed and are not there.
func TestRoomIsForWhatIsThere(t *testing.T) {
	t.Parallel()
	p, err := dlvext.OpenProcess(testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{})).PID)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	room := func() int {
		i, err := Runtime{}.Detect(p.Image(), walker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return i.(*instance).reserve.room
	}
	if n := room(); n < 10 || n > 1000 {
		t.Errorf("there is room for %d goroutines", n)
	}
	list, _, ok := p.Image().Symbol("runtime.allgs")
	if !ok {
		t.Fatal("the list of goroutines is not known")
	}
	p.Image().Memory = boasting{p.Image().Memory, list, 5_000_000}
	if n := room(); n != 0 {
		t.Errorf("there is room for %d goroutines of which nothing is there", n)
	}
}
