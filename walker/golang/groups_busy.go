package golang

import (
	"cmp"
	"maps"
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// A crew all of which is busy has nobody who waits for work; somebody waits to
// give it some, which is when people look. Its workers hold the channel in a
// function that has a receive in its code, and neither a send nor a select.

// busyStart is the goroutines of one start that hold a channel in one function.
type busyStart struct {
	start       crewStart
	channel, fn uint64
}

// maxBusyChannels bounds the channels for which busy crews are looked for.
const maxBusyChannels = 256

// findBusyCrews looks for the crews behind channels that somebody sends to and
// nobody receives from.
func (w *walk) findBusyCrews() {
	wanted := map[uint64]bool{}
	for addr, ch := range w.chans {
		if ch.senders != 0 && ch.receivers == 0 && w.carriesWork(addr) {
			wanted[addr] = true
		}
	}
	if len(wanted) == 0 || len(wanted) > maxBusyChannels {
		return
	}
	busy := map[busyStart][]*goroutine{}
	receives := map[uint64]bool{} // functions by entry
	channels := seek(wanted)
	for _, g := range w.goroutines {
		if g.parent == 0 {
			continue
		}
		w.whoHolds(g, channels, func(f unwind.Frame, addr uint64) {
			is, known := receives[f.Func.Entry]
			if !known {
				is = w.onlyReceives(f.Func)
				receives[f.Func.Entry] = is
			}
			k := busyStart{g.crewStart(), addr, f.Func.Entry}
			if gs := busy[k]; is && (len(gs) == 0 || gs[len(gs)-1] != g) {
				busy[k] = append(gs, g)
			}
		})
	}
	found := slices.SortedFunc(maps.Keys(busy), func(a, b busyStart) int {
		return cmp.Or(compareGoroutines(busy[a][0], busy[b][0]), cmp.Compare(a.channel, b.channel), cmp.Compare(a.fn, b.fn))
	})
	taken := map[uint64]bool{}
	for _, k := range found {
		if gs := busy[k]; len(gs) >= 2 && !taken[k.channel] {
			taken[k.channel] = true
			w.addCrew(&crew{start: k.start, channel: k.channel, fn: k.fn}, nil, gs)
		}
	}
}

// maxCode bounds how much of a function's code is looked at.
const maxCode = 1 << 16

// onlyReceives tells whether a function's code calls what the compiler makes of
// a receive, and nothing that it makes of a send or a select.
func (w *walk) onlyReceives(fn *pclntab.Func) bool {
	m := w.img.ModuleAt(fn.Entry)
	if w.img.Arch != "amd64" || m == nil || fn.End-fn.Entry > maxCode {
		return false
	}
	code := make([]byte, fn.End-fn.Entry)
	if m.ReadFile(fn.Entry, code) != nil {
		return false
	}
	receives := false
	for i := 0; i+5 <= len(code); i++ {
		const call = 0xe8 // and 32 bits from the next instruction
		if code[i] != call {
			continue
		}
		to := fn.Entry + uint64(i) + 5 + uint64(int64(int32(le.Uint32(code[i+1:]))))
		callee, ok := w.tables.Func(to)
		if !ok || callee.Entry != to {
			continue
		}
		switch callee.Name {
		case "runtime.chanrecv1", "runtime.chanrecv2":
			receives = true
		case "runtime.chansend1", "runtime.selectgo", "runtime.selectnbsend":
			return false
		}
	}
	return receives
}
