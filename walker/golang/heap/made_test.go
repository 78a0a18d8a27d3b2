package heap

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/dlv-async/dlv-async/dlvext"
)

// made is a heap that a test makes, and what it made.
type made struct {
	rnd     *rand.Rand
	parts   []part // of memory
	spans   []uint64
	objects []*madeObject
	masks   int
}

type part struct {
	addr uint64
	b    []byte
}

// madeObject is one object and the objects that it leads to.
type madeObject struct {
	addr, size uint64
	slots      []uint64 // where it may have pointers
	to         []*madeObject
}

// madeLayout puts the fields where the test's structures have them.
var madeLayout = Layout{
	AllSpans: Field{0, 24}, Arenas: Field{24, 8}, TinyBlocks: true, Weaks: true, Cleanups: true,
	SpanSize: 80, Start: Field{0, 8}, Pages: Field{8, 8}, ElemSize: Field{16, 8}, Elems: Field{24, 2},
	Class: Field{26, 1}, State: Field{27, 1}, UserArena: Field{28, 1}, LargeType: Field{32, 8}, SpecialList: Field{40, 8},
	InlineMarks: Field{0, pagesPerArena / 8},
	SpecialSize: 24, SpecialNext: Field{0, 8}, SpecialOffset: Field{8, 8}, SpecialKind: Field{16, 1}, FinalizerSize: 32, WeakSize: 32, CleanSize: 32,
	TypeSize: 48, Bytes: Field{0, 8}, PtrBytes: Field{8, 8}, Flags: Field{20, 1}, Kind: Field{23, 1}, Mask: Field{32, 8},
}

// Where the test's memory lies.
const (
	madeMheap   = 0x10000
	madeSpans   = 0x20000
	madeTypes   = 0x100000
	madeMasks   = 0x180000
	madeTable   = 0x1000000 // of arenas
	madeArena   = 0x8000000 // heapArena
	madeHeap    = 0xc000000000
	madeOutside = 0x30000
)

// memory is what was made.
func (m *made) memory() dlvext.Memory {
	memory := map[uint64][]byte{}
	for _, p := range m.parts {
		memory[p.addr] = p.b
	}
	return dlvext.NewImage(memory).Memory
}

func put(b []byte, at int, v uint64) { binary.LittleEndian.PutUint64(b[at:], v) }

// newMade makes a heap at random.
func newMade(seed uint64) *made {
	m := &made{rnd: rand.New(rand.NewPCG(seed, 1))}
	types, masks := make([]byte, 1<<16), make([]byte, 1<<16)
	inline := make([]byte, pagesPerArena/8)
	spans := make([]byte, 0)
	at := uint64(madeHeap)
	// typeOf makes a type of so many words at most, and returns where its pointers are.
	ntypes := uint64(0)
	typeOf := func(words uint64) (addr uint64, size uint64, pointers []uint64) {
		n := 1 + m.rnd.Uint64N(min(words, 40))
		addr = madeTypes + 48*ntypes
		t := types[48*ntypes:]
		ntypes++
		last := uint64(0)
		for w := range n {
			if w == 0 || m.rnd.IntN(3) == 0 {
				masks[uint64(m.masks)+w/8] |= 1 << (w % 8)
				pointers = append(pointers, w*8)
				last = w
			}
		}
		put(t, 0, n*8)
		put(t, 8, (last+1)*8)
		put(t, 32, madeMasks+uint64(m.masks))
		m.masks += int(n+7)/8 + m.rnd.IntN(3)
		return addr, n * 8, pointers
	}
	sizes := []uint64{8, 16, 24, 48, 64, 112, 160, 512, 576, 1024, 2048, 9472, 40960, 300_000}
	for range 12 + m.rnd.IntN(12) {
		elem := sizes[m.rnd.IntN(len(sizes))]
		pages := (elem + pageSize - 1) / pageSize
		elems := uint64(1)
		noscan := m.rnd.IntN(4) == 0
		large := elem > 32<<10
		if large {
			elem = pages * pageSize
		}
		marks := elem <= maxSmall && elem >= 16 && m.rnd.IntN(2) == 0
		room := pages * pageSize
		if elem <= maxSmall && !noscan {
			room -= pages * pageSize / 64
		}
		if marks {
			room -= inlineMarks
		}
		if !large {
			elems = room / elem
		}
		b := make([]byte, pages*pageSize)
		s := make([]byte, 80)
		put(s, 0, at)
		put(s, 8, pages)
		put(s, 16, elem)
		class := uint64(5) << 1
		if large {
			class = 0
		}
		if noscan {
			class |= 1
		}
		put(s, 24, elems|class<<16|spanInUse<<24)
		if marks {
			page := at >> logPage % pagesPerArena
			inline[page/8] |= 1 << (page % 8)
		}
		if large && !noscan {
			typ, size, pointers := typeOf(1 << 20)
			put(s, 32, typ)
			m.object(at, elem, 0, size, pointers)
		}
		for i := uint64(0); i < elems && !large; i++ {
			o := at + i*elem
			switch {
			case noscan:
				m.object(o, elem, 0, 0, nil)
			case elem <= maxSmall:
				var pointers []uint64
				bitmap := len(b) - len(b)/64
				if marks {
					bitmap -= inlineMarks
				}
				for w := range elem / 8 {
					if m.rnd.IntN(2) == 0 {
						pointers = append(pointers, w*8)
						n := int(i*elem/8 + w)
						b[bitmap+n/8] |= 1 << (n % 8)
					}
				}
				m.object(o, elem, 0, elem, pointers)
			default:
				typ, size, pointers := typeOf((elem - 8) / 8)
				put(b, int(i*elem), typ)
				m.object(o, elem, 8, size, pointers)
			}
		}
		if marks { // which are no pointers
			for i := len(b) - inlineMarks; i < len(b); i++ {
				b[i] = byte(m.rnd.Uint32())
			}
		}
		m.spans = append(m.spans, madeSpans+uint64(len(spans)))
		spans = append(spans, s...)
		m.parts = append(m.parts, part{at, b})
		at += pages * pageSize
		if m.rnd.IntN(3) == 0 {
			at += pageSize // a page of nobody's
		}
	}
	m.link()
	mheap, list := make([]byte, 32), make([]byte, 8*len(m.spans))
	put(mheap, 0, madeOutside)
	put(mheap, 8, uint64(len(m.spans)))
	put(mheap, 24, madeTable)
	for i, s := range m.spans {
		put(list, 8*i, s)
	}
	slot := make([]byte, 8)
	put(slot, 0, madeArena)
	m.parts = append(m.parts, part{madeMheap, mheap}, part{madeOutside, list}, part{madeSpans, spans}, part{madeTypes, types},
		part{madeMasks, masks}, part{madeTable + 8*(madeHeap>>logArena), slot}, part{madeArena, inline})
	return m
}

// object notes an object whose words from begin on repeat a type.
func (m *made) object(addr, elem, begin, size uint64, pointers []uint64) {
	o := &madeObject{addr: addr, size: elem}
	for at := begin; size > 0 && at < elem; at += size {
		for _, p := range pointers {
			if at+p+8 <= elem {
				o.slots = append(o.slots, addr+at+p)
			}
		}
	}
	m.objects = append(m.objects, o)
}

// link has objects lead to others, to their insides, and nowhere; words that no
// mask names lead to objects too, and do not count.
func (m *made) link() {
	for _, o := range m.objects {
		for _, slot := range o.slots {
			if m.rnd.IntN(1+len(o.slots)) > 2 {
				continue
			}
			to := m.objects[m.rnd.IntN(len(m.objects))]
			o.to = append(o.to, to)
			m.write(slot, to.addr+m.rnd.Uint64N(to.size))
		}
	}
}

func (m *made) write(addr, v uint64) {
	for _, p := range m.parts {
		if addr >= p.addr && addr+8 <= p.addr+uint64(len(p.b)) {
			put(p.b, int(addr-p.addr), v)
			return
		}
	}
}

// reachable is what is reached from some objects, by the slowest way there is.
func (m *made) reachable(from []*madeObject) map[*madeObject]bool {
	seen := map[*madeObject]bool{}
	for len(from) > 0 {
		o := from[0]
		from = from[1:]
		if !seen[o] {
			seen[o] = true
			from = append(from, o.to...)
		}
	}
	return seen
}
