package dlvext

import "testing"

// shutMeanwhile is a gate that is shut while who entered reads.
type shutMeanwhile struct{}

func (shutMeanwhile) enter() bool { return true }
func (shutMeanwhile) leave() bool { return false }

// What is read as the process is being let go may be of before or after: it is not used.
func TestReadAcrossTheEndOfAStopIsNotUsed(t *testing.T) {
	p := openProcess(t, startCat(t))
	data, ok := p.Image().Modules[0].Section(".data")
	if !ok {
		t.Fatal("cat has no .data")
	}
	for _, c := range []struct {
		gate gate
		used bool
	}{{shutMeanwhile{}, false}, {ungated{}, true}} {
		ts := []transfer{{addr: data.Addr, dst: make([]byte, 8)}, {addr: data.Addr + 64, dst: make([]byte, 8)}}
		if err := p.reader.copyAll(ts, c.gate); err != nil {
			t.Fatal(err)
		}
		if ts[0].ok != c.used || ts[1].ok != c.used {
			t.Errorf("through %T: used are %t and %t, want %t", c.gate, ts[0].ok, ts[1].ok, c.used)
		}
	}
}
