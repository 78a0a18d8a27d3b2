package declared_test

import (
	"math/rand/v2"
	"testing"

	dlvasync "github.com/dlv-async/dlv-async"
	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/declared"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// liar is memory some of whose words are others than they were: garbage, words
// from elsewhere, or not there.
type liar struct {
	dlvext.Memory
	random *rand.Rand
	every  int
}

func (l *liar) Read(addr uint64, buf []byte) error {
	if err := l.Memory.Read(addr, buf); err != nil {
		return err
	}
	for at := 0; at+8 <= len(buf); at += 8 {
		if l.random.IntN(l.every) != 0 {
			continue
		}
		switch l.random.IntN(3) {
		case 0:
			buf[at+l.random.IntN(8)] ^= 1 << l.random.IntN(8)
		case 1:
			copy(buf[at:at+8], buf[l.random.IntN(len(buf)/8)*8:])
		default:
			return &dlvext.Fault{Addr: addr, Len: len(buf), Why: "it is not there"}
		}
	}
	return nil
}

// Whatever stands in memory, a walk ends, in bounded time, and what it says is a graph.
func TestHostileMemory(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "fibers", testtarget.Options{}))
	core := tg.GCore(t)
	all := fibers(t, `where = "free == false && id != 0"`, "proof = \"in.members[*]\"\n", `"main.sched.rings",`, `"main.sched.rings", "stacks",`)
	onHeap := fibers(t, `"main.sched.rings",`, `"heap",`)
	for seed := range uint64(60) {
		img, err := dlvext.OpenCore(tg.Exe, core, dlvext.CoreOptions{})
		if err != nil {
			t.Fatal(err)
		}
		img.Memory = &liar{Memory: img.Memory, random: rand.New(rand.NewPCG(seed, 1)), every: 20 << (seed % 8)}
		all := all
		if seed%12 == 0 { // to begin with takes a second
			all = onHeap
		}
		s, err := dlvasync.Of(t.Context(), img, dlvasync.Options{Runtimes: declared.Runtimes(all)})
		if err == nil {
			if err := graph.Validate(s); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		img.Close()
	}
}
