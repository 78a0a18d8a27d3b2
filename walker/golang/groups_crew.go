package golang

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// kindCrew is the kind of group that workers are: goroutines that one go
// statement started and that receive from one channel, again and again.
//
// Nothing in memory says that they are. What tells a worker from a goroutine
// that waits for one answer is that the function which receives has the channel,
// or what the channel is a field of, in a word that is live across the receive:
// it will use it again; or that its code loads the channel from a variable, and
// comes back to the receive. A channel without values is a signal, and makes
// nobody a worker.
const kindCrew = "worker pool"

// crew is what is known of workers before they are looked for.
type crew struct {
	start   crewStart
	channel uint64
	fn      uint64          // entry of the function that receives
	handles map[uint64]bool // the channel, and what it is a field of
	sought  sought          // the handles
	site    uint64          // where the receive returns to, when the channel comes from a variable; 0: it does not
}

// crewStart is a go statement that one goroutine ran.
type crewStart struct{ parent, gopc, startpc uint64 }

func (g *goroutine) crewStart() crewStart { return crewStart{g.parent, g.gopc, g.startpc} }

// Bounds of the search for workers.
const (
	maxCrewSets     = 256 // go statements whose goroutines are looked at
	maxCrewChannels = 16  // that the goroutines of one go statement wait on
	maxCrewSamples  = 8   // goroutines of one crew whose frames are looked at
	crewObject      = 256 // bytes of what a channel may be a field of
)

// crewSet is the goroutines that one go statement of one goroutine started.
type crewSet struct {
	size     int
	some     []*goroutine
	channels map[uint64][]*goroutine // some that wait on each; nil: on too many for a crew
	full     uint64                  // a channel for which there are enough of those; 0: none yet
}

// readCrews finds the channels that goroutines of one start share.
func (c *collection) readCrews() {
	sets := map[crewStart]*crewSet{}
	var last crewStart
	var set *crewSet
	for _, g := range c.goroutines {
		if g.parent == 0 || g.gopc == 0 {
			continue
		}
		if k := g.crewStart(); set == nil || k != last {
			if last, set = k, sets[k]; set == nil {
				set = &crewSet{channels: map[uint64][]*goroutine{}}
				sets[k] = set
			}
		}
		set.size++
		if len(set.some) < maxCrewSamples {
			set.some = append(set.some, g)
		}
		if k := c.kindOf(g); set.channels == nil || k != graph.WaitChanReceive && k != graph.WaitSelect {
			continue
		}
		for _, s := range g.sudogs {
			if s.c == set.full {
				continue
			}
			if have := set.channels[s.c]; len(have) < maxCrewSamples {
				set.channels[s.c] = append(have, g)
			} else {
				set.full = s.c
			}
		}
		if len(set.channels) > maxCrewChannels {
			set.channels = nil
		}
	}
	starts := slices.Collect(maps.Keys(sets))
	starts = slices.DeleteFunc(starts, func(k crewStart) bool { return sets[k].size < 2 })
	slices.SortFunc(starts, func(a, b crewStart) int { // the largest first
		return cmp.Or(cmp.Compare(sets[b].size, sets[a].size), cmp.Compare(a.parent, b.parent), cmp.Compare(a.gopc, b.gopc), cmp.Compare(a.startpc, b.startpc))
	})
	c.readBusyCrews(starts[:min(len(starts), maxCrewSets)], sets)
	starts = slices.DeleteFunc(starts, func(k crewStart) bool { return len(sets[k].channels) == 0 })
	for _, start := range starts[:min(len(starts), maxCrewSets)] {
		for channel, idle := range sets[start].channels {
			if c.carriesWork(channel) {
				c.readCrew(start, channel, idle)
			}
		}
	}
}

// carriesWork tells whether a channel has values that somebody could work on.
func (c *collection) carriesWork(addr uint64) bool {
	ch := c.chans.at(addr)
	if ch == nil || ch.timer != 0 {
		return false
	}
	name := c.typeName(ch.elemtype)
	return name != "" && name != "struct {}" && name != "time.Time" && name != "os.Signal"
}

// readCrew looks at how some goroutines hold the channel that they wait on.
func (c *collection) readCrew(start crewStart, channel uint64, idle []*goroutine) {
	w := crew{start: start, channel: channel, handles: map[uint64]bool{}}
	var fields []uint64
	for _, g := range idle {
		f, ok := c.receiver(g)
		if !ok || w.fn != 0 && w.fn != f.Func.Entry {
			return // they receive in different ways: no crew of one sort
		}
		w.fn = f.Func.Entry
		direct := false
		var others []uint64
		for _, v := range c.liveWords(g, f) {
			direct = direct || v == channel
			if v > crewObject && (v < g.lo || v >= g.hi) {
				others = append(others, v)
			}
		}
		if direct {
			w.handles[channel] = true
		} else {
			fields = append(fields, others...)
		}
	}
	look := func(addr uint64, b []byte) {
		for i := range len(b) / 8 {
			if word(b, i) == channel {
				w.handles[addr] = true
			}
		}
	}
	c.any(fields, crewObject, look)
	c.any(fields, 64, look) // of what lies at the end of what is mapped
	if len(w.handles) == 0 {
		w.site = c.takesFromVariable(idle, channel)
	}
	if len(w.handles) > 0 || w.site != 0 {
		c.crews = append(c.crews, w)
	}
}

// receiver is the frame of the function that a goroutine waits in: its
// innermost that is not the runtime's.
func (c *collection) receiver(g *goroutine) (unwind.Frame, bool) {
	for _, f := range c.innermost(g) {
		if f.Func != nil && !strings.HasPrefix(f.Func.Name, "runtime.") {
			return f, true
		}
	}
	return unwind.Frame{}, false
}

// findCrews makes groups of the workers: those that wait for work, and those
// that hold the channel in the same function while they do something else.
func (w *walk) findCrews() {
	if len(w.crews) > 0 {
		w.crewCode = w.followCode()
	}
	byStart := map[crewStart][]*crew{}
	for i := range w.crews {
		k := &w.crews[i]
		k.sought = seek(k.handles)
		byStart[k.start] = append(byStart[k.start], k)
	}
	idle, busy := map[*crew][]*goroutine{}, map[*crew][]*goroutine{}
	for _, g := range w.goroutines {
		if len(byStart) == 0 {
			break
		}
		for _, k := range byStart[g.crewStart()] {
			switch {
			case w.receivesFrom(g, k.channel):
				idle[k] = append(idle[k], g)
			case w.worksFor(g, k):
				busy[k] = append(busy[k], g)
			}
		}
	}
	found := slices.Collect(maps.Keys(idle))
	for k := range busy {
		if len(idle[k]) == 0 && k.site != 0 {
			found = append(found, k)
		}
	}
	first := func(k *crew) *goroutine { return append(slices.Clip(idle[k]), busy[k]...)[0] }
	slices.SortFunc(found, func(a, b *crew) int {
		return cmp.Or(compareGoroutines(first(a), first(b)), cmp.Compare(a.channel, b.channel), cmp.Compare(a.fn, b.fn))
	})
	taken := map[uint64]bool{}
	for _, k := range found {
		if len(idle[k])+len(busy[k]) >= 2 && !(taken[k.channel] && len(idle[k]) == 0) {
			taken[k.channel] = true
			w.addCrew(k, idle[k], busy[k])
		}
	}
	w.findBusyCrews(taken)
}

func compareGoroutines(a, b *goroutine) int { return cmp.Compare(a.id, b.id) }

func (w *walk) receivesFrom(g *goroutine, channel uint64) bool {
	for _, s := range g.sudogs {
		if s.c == channel && s.side == receiving {
			return true
		}
	}
	return false
}

// worksFor tells whether a goroutine that does not wait for work holds the
// crew's channel where the others do.
func (w *walk) worksFor(g *goroutine, k *crew) bool {
	for _, s := range g.sudogs {
		if s.c == k.channel {
			return false // it sends
		}
	}
	if k.site != 0 {
		return slices.ContainsFunc(w.framesOf(g), func(f unwind.Frame) bool {
			return f.Func != nil && f.Func.Entry == k.fn && w.crewCode.Comes(f.Func, f.PC, k.site)
		})
	}
	works := false
	w.whoHolds(g, k.sought, func(f unwind.Frame, _ uint64) { works = works || f.Func.Entry == k.fn })
	return works
}

// addCrew describes one as a group.
func (w *walk) addCrew(k *crew, idle, busy []*goroutine) {
	m := w.b.Group(kindCrew, k.channel)
	m.Evidence = inferred("one go statement started them, and they receive from one channel again and again")
	m.Detail = []graph.Attr{{Key: "idle", Value: len(idle)}, {Key: "busy", Value: len(busy)}}
	if ch := w.chans.at(k.channel); ch != nil && ch.capacity > 0 {
		m.Detail = append(m.Detail, graph.Attr{Key: "queued", Value: ch.count}, graph.Attr{Key: "queue_size", Value: ch.capacity})
	}
	members := append(slices.Clone(idle), busy...)
	slices.SortFunc(members, compareGoroutines)
	for _, g := range members {
		m.Members = append(m.Members, taskID(g.id))
		w.groupsOf[g] = append(w.groupsOf[g], m.ID)
	}
	if owner := w.byID(k.start.parent); owner != nil {
		m.Owner, m.OwnedBy = taskID(owner.id), proven("g.parentGoid")
	}
}
