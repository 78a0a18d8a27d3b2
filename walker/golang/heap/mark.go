package heap

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dlv-async/dlv-async/walker"
)

// Marks are which objects were reached. Marking goes on where it ended: what is
// given to [Marks.Reach] first is not followed again.
type Marks struct {
	h       *Heap
	bits    []uint64
	watched []uint64 // likewise, of those that are waited for; nil: none

	mu      sync.Mutex
	idle    *sync.Cond
	shared  [][]uint64   // objects to be scanned
	resting atomic.Int64 // workers that have none; changed under mu
	failed  bool         // a worker panicked
	hits    []uint64     // watched objects that were reached; changed under mu
	unread  atomic.Int64
}

// Of how many objects to scan a worker gives away half: when others wait for
// some, and in any case.
const (
	fewObjects  = 32
	manyObjects = 4096
)

// NewMarks has nothing marked.
func (h *Heap) NewMarks() *Marks {
	m := &Marks{h: h, bits: make([]uint64, h.bits/64)}
	m.idle = sync.NewCond(&m.mu)
	return m
}

// mark marks an object and tells whether it was not before.
func (m *Marks) mark(s *span, id uint64) bool {
	n := s.bit + id&0xffffffff
	word, bit := &m.bits[n/64], uint64(1)<<(n%64)
	if atomic.LoadUint64(word)&bit != 0 {
		return false
	}
	return atomic.OrUint64(word, bit)&bit == 0
}

// Has tells whether the object that an address is in was reached. What is in no
// object was not.
func (m *Marks) Has(addr uint64) bool {
	s, id, ok := m.h.find(addr)
	if !ok {
		return false
	}
	n := s.bit + id&0xffffffff
	return atomic.LoadUint64(&m.bits[n/64])>>(n%64)&1 != 0
}

// Hold marks the object that begins at an address, and does not follow its
// pointers before [Marks.Reach] is told to release it. False: no object begins
// there, or it was reached already.
func (m *Marks) Hold(addr uint64) bool {
	s, id, ok := m.h.find(addr)
	return ok && s.object(id).Addr == addr && m.mark(s, id)
}

// Watch has [Marks.Reach] tell when the object that an address is in is reached,
// and returns where it begins. False: it was reached already, or is none.
func (m *Marks) Watch(addr uint64) (object uint64, ok bool) {
	s, id, ok := m.h.find(addr)
	if !ok || m.Has(addr) {
		return 0, false
	}
	if m.watched == nil {
		m.watched = make([]uint64, len(m.bits))
	}
	n := s.bit + id&0xffffffff
	m.watched[n/64] |= 1 << (n % 64)
	return s.object(id).Addr, true
}

// Unread is how many objects were reached and could not be read.
func (m *Marks) Unread() int { return int(m.unread.Load()) }

// Count is how many objects were reached, and their bytes.
func (m *Marks) Count() (objects, bytes uint64) {
	for i := range m.h.spans {
		s := &m.h.spans[i]
		n := uint64(0)
		for w := s.bit / 64; w*64 < s.bit+uint64(s.elems); w++ {
			for b := m.bits[w]; b != 0; b &= b - 1 {
				n++
			}
		}
		objects, bytes = objects+n, bytes+n*s.elem
	}
	return objects, bytes
}

// Reach marks everything that is reachable from words, of which any may be no
// pointer; release are addresses of objects that were held, whose own pointers
// are followed now. It returns the watched objects that were reached.
func (m *Marks) Reach(words, release []uint64) (hits []uint64) {
	if len(words)+len(release) == 0 {
		return nil
	}
	m.hits = nil
	w := m.worker()
	for _, v := range words {
		w.grey(0, v)
	}
	for _, addr := range release {
		if _, id, ok := m.h.find(addr); ok {
			w.own = append(w.own, id)
		}
	}
	m.drain(w)
	return m.hits
}

const workers = 2

// drain scans objects until there are none left to scan.
func (m *Marks) drain(first *worker) {
	if len(first.own) < fewObjects { // which it mostly stays at
		first.alone()
	}
	if len(first.own) == 0 {
		first.rest()
		return
	}
	m.resting.Store(0)
	defer walker.Beside(func() { m.worker().run() })()
	first.run()
}

// worker is one of those that follow pointers.
type worker struct {
	m *Marks
	h *Heap
	own,
	hits []uint64
	taken   [batch]uint64 // from own, to be scanned
	touched byte          // keeps the compiler from leaving out what is read early
	scanner
}

func (m *Marks) worker() *worker {
	w := &worker{m: m, h: m.h}
	w.scanner = m.h.scanner(w.grey)
	return w
}

// grey marks the object that a word leads to, if any, to be scanned.
func (w *worker) grey(_, v uint64) {
	s, id, ok := w.h.find(v)
	if !ok || !w.m.mark(s, id) {
		return
	}
	if s.kind != noScan {
		w.own = append(w.own, id)
	}
	if watched := w.m.watched; watched != nil {
		if n := s.bit + id&0xffffffff; watched[n/64]>>(n%64)&1 != 0 {
			w.hits = append(w.hits, s.object(id).Addr)
		}
	}
}

// alone scans for as long as there is little to scan, before others are called.
func (w *worker) alone() {
	for steps := 0; len(w.own) > 0 && len(w.own) <= manyObjects && steps < 4*manyObjects; steps++ {
		id := w.own[len(w.own)-1]
		w.own = w.own[:len(w.own)-1]
		w.object(id)
	}
}

// rest hands over what a worker found.
func (w *worker) rest() {
	w.m.unread.Add(int64(w.unread))
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.m.hits = append(w.m.hits, w.hits...)
}

func (w *worker) run() {
	done := false
	defer func() {
		if !done { // it panics: nobody is to wait for it
			w.m.mu.Lock()
			w.m.failed = true
			w.m.idle.Broadcast()
			w.m.mu.Unlock()
		}
	}()
	for {
		for len(w.own) > 0 {
			w.next()
			if n := len(w.own); n > manyObjects || n > fewObjects && w.m.resting.Load() > 0 {
				w.m.give(w)
			}
		}
		if !w.m.get(w) {
			w.rest()
			done = true
			return
		}
	}
}

// batch is how many objects are looked at together, so that the processor waits
// for their memory once: most of marking is waiting for memory.
const batch = 8

// next scans the objects that were found last.
func (w *worker) next() {
	from := max(0, len(w.own)-batch)
	n := copy(w.taken[:], w.own[from:])
	w.own = w.own[:from]
	for _, id := range w.taken[:n] {
		s := &w.h.spans[id>>32]
		if data := w.h.data[id>>32]; data != nil && s.kind != noScan {
			off := id & 0xffffffff * s.elem
			w.touched += data[off] + data[s.size-s.size/64+off/64]
		}
	}
	for _, id := range w.taken[:n] {
		w.object(id)
	}
}

// give shares what a worker came by first, which leads to the most.
func (m *Marks) give(w *worker) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.shared) > 0 {
		return
	}
	half := len(w.own) / 2
	m.shared = append(m.shared, slices.Clone(w.own[:half]))
	w.own = append(w.own[:0], w.own[half:]...)
	m.idle.Signal()
}

// get takes what others shared; false when all is done.
func (m *Marks) get(w *worker) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.resting.Add(1); len(m.shared) == 0; m.idle.Wait() {
		if m.failed || m.resting.Load() == workers {
			m.idle.Broadcast()
			return false
		}
	}
	m.resting.Add(-1)
	last := len(m.shared) - 1
	w.own = append(w.own, m.shared[last]...)
	m.shared = m.shared[:last]
	return true
}
