package frame

import (
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// sight is everything that this package reads of a few coroutines and threads.
type sight struct {
	functions []string
	lines     []int
	values    []object.Ref
	leaves    []LeafKind
	errors    int
}

// look reads it all, and goes on after what could not be read.
func look(t *testing.T, img *dlvext.Image, l *layout.Layout, coroutines []object.Ref, threads []uint64) (s sight) {
	r := NewReader(object.NewReader(img, l))
	next := func() {
		if r.o.Take() != nil {
			s.errors++
		}
	}
	see := func(f, called *Frame) {
		s.functions = append(s.functions, f.Func)
		s.lines = append(s.lines, f.Line)
		for _, v := range r.Locals(f) {
			s.values = append(s.values, v.Value)
		}
		next()
		s.values = append(s.values, r.Self(f), r.Local(f, "self"))
		next()
		values, _ := r.Stack(f)
		s.values = append(s.values, values...)
		next()
		for _, m := range r.Managers(f, called) {
			s.values = append(s.values, m.Object)
		}
		next()
	}
	var running Running
	for _, thread := range threads {
		frames, _ := r.Thread(thread)
		if len(frames) > walker.MaxDepth {
			t.Errorf("a thread has %d frames", len(frames))
		}
		next()
		running.Add(thread, frames)
		for i := range frames[:min(len(frames), 50)] {
			var called *Frame
			if i > 0 {
				called = &frames[i-1]
			}
			see(&frames[i], called)
		}
	}
	for _, o := range coroutines {
		links, leaf := r.Chain(o, &running)
		if len(links) > walker.MaxDepth {
			t.Errorf("a chain has %d links", len(links))
		}
		s.leaves = append(s.leaves, leaf.Kind)
		next()
		for i := range links[:min(len(links), 50)] {
			var called *Frame
			if i+1 < len(links) {
				called = &links[i+1].Frame
			}
			see(&links[i].Frame, called)
		}
	}
	return s
}

// With the same bytes the same is seen; with any bytes changed, there is an
// end, and no panic.
func TestHostileMemory(t *testing.T) {
	eachPython(t, func(t *testing.T, py testtarget.Python) {
		p := start(t, py, "frames_with.py")
		want := ask[toldManagers](t, p, "managers")
		var coroutines []object.Ref
		for _, name := range slices.Sorted(maps.Keys(want.Tasks)) {
			coroutines = append(coroutines, want.Tasks[name].Coroutine)
		}
		var threads []uint64
		states := p.threads(t)
		for _, ident := range slices.Sorted(maps.Keys(want.Threads)) {
			threads = append(threads, states[ident])
		}
		dlvext.Record(p.img)
		first := look(t, p.img, p.layout, coroutines, threads)
		ranges := dlvext.ReadSet(p.img)
		memory := map[uint64][]byte{}
		for i, b := range dlvext.ReadMany(p.img.Memory, ranges) {
			memory[ranges[i].Addr] = slices.Clone(b)
		}
		if again := look(t, dlvext.NewImage(memory), p.layout, coroutines, threads); first.errors != 0 || again.errors != 0 ||
			!slices.Equal(first.functions, again.functions) || !slices.Equal(first.lines, again.lines) ||
			!slices.Equal(first.values, again.values) || !slices.Equal(first.leaves, again.leaves) {
			t.Fatalf("the same bytes are seen differently: %d and %d errors", first.errors, again.errors)
		}
		rounds := 100
		if testtarget.Full() {
			rounds = 1000
		}
		random := rand.New(rand.NewPCG(1, 2))
		failed := 0
		for range rounds {
			hurt := maps.Clone(memory)
			for range 1 + random.IntN(8) {
				damage(random, hurt, ranges)
			}
			if s := look(t, dlvext.NewImage(hurt), p.layout, coroutines, threads); s.errors != 0 {
				failed++
			}
		}
		t.Logf("%d ranges; %d of %d rounds had something that could not be read", len(ranges), failed, rounds)
	})
}

// A chain that comes back to itself is told once around.
func TestChainInACircle(t *testing.T) {
	eachPython(t, func(t *testing.T, py testtarget.Python) {
		p := start(t, py, "frames_with.py")
		coroutine := ask[toldManagers](t, p, "managers").Tasks["calls"].Coroutine
		dlvext.Record(p.img)
		recorded := NewReader(object.NewReader(p.img, p.layout))
		links, _ := recorded.Chain(coroutine, nil)
		if len(links) != 4 {
			t.Fatalf("the chain is %v", functions(links))
		}
		bottom, n, _ := recorded.depth(&links[3].Frame)
		top := bottom + 8*uint64(n-p.layout.Gen.AwaitedDepth)
		memory := map[uint64][]byte{}
		for _, r := range dlvext.ReadSet(p.img) {
			data := slices.Clone(dlvext.ReadMany(p.img.Memory, []dlvext.Range{r})[0])
			if r.Addr <= top && top+8 <= r.Addr+uint64(r.Len) {
				binary.LittleEndian.PutUint64(data[top-r.Addr:], uint64(links[1].Gen))
			}
			memory[r.Addr] = data
		}
		again := NewReader(object.NewReader(dlvext.NewImage(memory), p.layout))
		around, leaf := again.Chain(coroutine, nil)
		if err := again.o.Take(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(functions(around), functions(links)) || leaf.Kind != AtCycle {
			t.Errorf("got %v, which ends at %v", functions(around), leaf)
		}
	})
}

// damage changes a word, or takes a range away. Many words become addresses of
// what is there, so that structures are taken for others, and go in circles.
func damage(random *rand.Rand, memory map[uint64][]byte, ranges []dlvext.Range) {
	r := ranges[random.IntN(len(ranges))]
	data := slices.Clone(memory[r.Addr])
	at := 8 * random.IntN(len(data)/8+1)
	if random.IntN(20) == 0 {
		delete(memory, r.Addr)
		return
	}
	if at+8 > len(data) {
		if len(data) > 0 {
			data[random.IntN(len(data))] = byte(random.Uint32())
			memory[r.Addr] = data
		}
		return
	}
	var word uint64
	switch random.IntN(5) {
	case 0:
		word = random.Uint64() >> random.IntN(64)
	case 1:
		word = -uint64(random.IntN(3))
	case 2:
		word = binary.LittleEndian.Uint64(data[at:]) ^ 1<<random.IntN(64)
	default:
		other := ranges[random.IntN(len(ranges))]
		word = other.Addr + 8*uint64(random.IntN(other.Len/8+1))
	}
	binary.LittleEndian.PutUint64(data[at:], word)
	memory[r.Addr] = data
}
