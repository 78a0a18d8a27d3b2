package golang

import (
	"cmp"
	"maps"
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
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

// unserved are the channels that somebody sends to and nobody receives from; none
// where there are too many.
func (c *collection) unserved() map[uint64]bool {
	out := map[uint64]bool{}
	for _, ch := range c.channels {
		if ch.senders != 0 && ch.receivers == 0 && c.carriesWork(ch.addr) {
			out[ch.addr] = true
		}
	}
	if len(out) > maxBusyChannels {
		return nil
	}
	return out
}

// findBusyCrews looks for the crews behind channels that somebody sends to and
// nobody receives from, but for those that are taken.
func (w *walk) findBusyCrews(taken map[uint64]bool) {
	wanted := w.unserved()
	code := w.followCode()
	if len(wanted) == 0 || code == nil {
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
				is = onlyReceives(code, f.Func)
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
	for _, k := range found {
		if gs := busy[k]; len(gs) >= 2 && !taken[k.channel] {
			taken[k.channel] = true
			w.addCrew(&crew{start: k.start, channel: k.channel, fn: k.fn}, nil, gs)
		}
	}
}

// onlyReceives tells whether a function's code calls what the compiler makes of
// a receive, and nothing that it makes of a send or a select.
func onlyReceives(code *lockcode.Code, fn *pclntab.Func) bool {
	return len(code.Calls(fn, isReceive)) > 0 && len(code.Calls(fn, func(name string) bool {
		return isSelect(name) || name == "runtime.chansend1" || name == "runtime.selectnbsend"
	})) == 0
}

func isSelect(name string) bool { return name == "runtime.selectgo" }

func isReceive(name string) bool { return name == "runtime.chanrecv1" || name == "runtime.chanrecv2" }
