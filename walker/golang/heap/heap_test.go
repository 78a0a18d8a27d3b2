package heap

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// What is marked in heaps made at random is what a slow search of the model finds;
// what is held is not followed before it is released, and watched objects
// are told of once they are reached.
func TestMarksAreWhatIsReachable(t *testing.T) {
	for seed := range uint64(60) {
		m := newMade(seed)
		l := madeLayout
		h, err := Load(m.memory(), &l, madeMheap)
		if err != nil {
			t.Fatal(err)
		}
		if f := h.Faults(); len(f) > 0 {
			t.Fatal(f)
		}
		some := func(n int) (out []*madeObject) {
			for range n {
				out = append(out, m.objects[m.rnd.IntN(len(m.objects))])
			}
			return out
		}
		roots, held, watched := some(5), some(5), some(20)
		held = slices.DeleteFunc(held, func(o *madeObject) bool { return slices.Contains(roots, o) })
		watched = slices.DeleteFunc(watched, func(o *madeObject) bool { return slices.Contains(held, o) })
		marks := h.NewMarks()
		follows := map[*madeObject][]*madeObject{}
		for _, o := range held {
			marks.Hold(o.addr)
			if o.to != nil {
				follows[o], o.to = o.to, nil
			}
		}
		for _, o := range watched {
			if at, ok := marks.Watch(o.addr + o.size/2); !ok || at != o.addr {
				t.Fatalf("%#x is not watched", o.addr)
			}
		}
		var words []uint64
		for _, o := range roots {
			words = append(words, o.addr+m.rnd.Uint64N(o.size), 12345, madeHeap-8)
		}
		hits := marks.Reach(words, nil)
		check := func(when string, want map[*madeObject]bool) {
			t.Helper()
			for _, o := range m.objects {
				if got := marks.Has(o.addr); got != (want[o] || slices.Contains(held, o)) {
					t.Fatalf("seed %d, %s: reached is %v of the object of %d bytes at %#x", seed, when, got, o.size, o.addr)
				}
			}
			for _, o := range watched {
				if got := slices.Contains(hits, o.addr); got != want[o] {
					t.Fatalf("seed %d, %s: %v was said of the watched object at %#x", seed, when, got, o.addr)
				}
			}
		}
		check("with some held", m.reachable(roots))
		release := words[:0]
		for o, to := range follows {
			o.to = to
			release = append(release, o.addr)
		}
		hits = append(hits, marks.Reach(nil, release)...)
		check("released", m.reachable(append(roots, held...)))
		if n := marks.Unread(); n > 0 {
			t.Errorf("seed %d: %d objects could not be read", seed, n)
		}
	}
}

// Pointers are those that the model has.
func TestPointers(t *testing.T) {
	m := newMade(1)
	l := madeLayout
	h, err := Load(m.memory(), &l, madeMheap)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range m.objects {
		found, ok := h.Find(o.addr + o.size - 1)
		if !ok || found.Addr != o.addr || found.Size != o.size {
			t.Fatalf("the object at %#x is found as %+v", o.addr, found)
		}
		to, _ := h.Pointers(found)
		if len(to) != len(o.to) {
			t.Errorf("the object at %#x leads to %d others, and not %d", o.addr, len(to), len(o.to))
		}
	}
	for _, addr := range []uint64{0, 1, madeHeap - 1, madeHeap << 1, 1 << 63, ^uint64(0)} {
		if o, ok := h.Find(addr); ok {
			t.Errorf("an object is at %#x: %+v", addr, o)
		}
	}
}

// Whatever stands in the heap's structures, reading ends, and does not panic.
func FuzzHeap(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, seed, flips uint64) {
		m := newMade(seed % 16)
		rnd := rand.New(rand.NewPCG(flips, 2))
		for range 1 + rnd.IntN(200) {
			p := m.parts[rnd.IntN(len(m.parts))]
			at := rnd.IntN(len(p.b)/8) * 8
			switch v := rnd.Uint64(); rnd.IntN(4) {
			case 0:
				put(p.b, at, v)
			case 1:
				p.b[at+rnd.IntN(8)] = byte(v)
			case 2:
				put(p.b, at, 1<<(v%64))
			case 3:
				q := m.parts[rnd.IntN(len(m.parts))]
				put(p.b, at, q.addr+v%uint64(len(q.b)))
			}
		}
		l := madeLayout
		h, err := Load(m.memory(), &l, madeMheap)
		if err != nil {
			return
		}
		marks := h.NewMarks()
		words, objects := h.Specials()
		for _, o := range m.objects {
			words = append(words, o.addr)
			marks.Watch(o.addr + 1)
			if found, ok := h.Find(o.addr); ok {
				h.Pointers(found)
			}
		}
		marks.Reach(words, objects)
		h.Globals(madeMheap, [2]uint64{rnd.Uint64(), rnd.Uint64()}, [2]uint64{madeHeap, madeHeap + rnd.Uint64N(1<<20)})
		marks.Count()
	})
}
