package golang

import (
	"cmp"
	"maps"
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Many programs use a channel with a buffer as a semaphore: who wants to enter sends
// to it, and receives when it leaves. The buffer has an element for each that is
// inside. (Or it is filled at first, and who enters receives; then there is one for
// each that is not.)
//
// That a channel is one nothing says but the code of those that use it. It counts as
// one only where one and the same function does both, or where a function sends and
// then starts a goroutine that receives once, and only if nobody makes use of what
// is received. What one goroutine sends and others receive is a queue.

// tokens is a channel that is used as a semaphore.
type tokens struct {
	size, held int64 // held: at the most, if it is entered by receiving
	exact      bool
	chosen     []*claim
	known      int64 // how many of those held the claims are of
}

// callSite is a call that a function stands in.
type callSite struct {
	in *pclntab.Func
	pc uint64
}

// findTokens looks for channels that are used as semaphores among those that
// somebody waits to send to while they are full, or to receive from while they are
// empty; and for who is inside.
func (w *walk) findTokens() {
	if w.img.Arch != "amd64" {
		return
	}
	full, empty := map[uint64][]*goroutine{}, map[uint64][]*goroutine{}
	for _, g := range w.goroutines {
		if g.isTorn() {
			continue
		}
		for _, s := range g.sudogs {
			switch ch := s.ch; {
			case ch == nil || ch.capacity == 0 || ch.closed || ch.torn || ch.timer != 0:
			case s.side == sending && ch.count == ch.capacity:
				full[s.c] = append(full[s.c], g)
			case s.side == receiving && ch.count == 0 && !tells[w.typeName(ch.elemtype)]:
				empty[s.c] = append(empty[s.c], g)
			}
		}
	}
	w.tokens = map[uint64]*tokens{}
	w.findTokensAmong(full, true)
	w.findTokensAmong(empty, false)
}

// tells are types whose values tell something: nobody gives them back.
var tells = map[string]bool{"time.Time": true, "error": true, "os.Signal": true}

// findTokensAmong looks at channels with those that wait for them. Of those that are
// entered by sending the goroutines that are inside may be others' children, and so
// all goroutines are looked at; of those that are entered by receiving the ones that
// wait say enough.
func (w *walk) findTokensAmong(waiting map[uint64][]*goroutine, bySending bool) {
	wanted := map[uint64]bool{}
	for c := range waiting {
		wanted[c] = true
	}
	if len(wanted) == 0 {
		return
	}
	code := &w.codes.receives
	create := lockcode.NewReceives
	if bySending {
		code, create = &w.codes.sends, lockcode.NewSends
	}
	l := w.newHolderSearch(w.asCode(code, create), wanted)
	l.tokens, l.takers, l.lends, l.queues = true, map[uint64][]callSite{}, map[uint64]bool{}, map[uint64]bool{}
	for _, c := range slices.SortedFunc(maps.Keys(waiting), w.likelier) {
		for _, g := range waiting[c][:min(len(waiting[c]), maxAsked)] {
			l.lookAt(g)
			most := len(l.subject.frames)
			if !bySending {
				most = l.mayLetGo()
			}
			l.askTaker(c, most)
		}
		if !bySending && !l.lends[c] {
			delete(wanted, c)
		}
	}
	if len(wanted) == 0 {
		w.cutShort(l)
		return
	}
	l.wanted = seek(wanted)
	wants := map[*goroutine]uint64{}
	for c := range wanted {
		for _, g := range waiting[c] {
			wants[g] = c
		}
	}
	for _, g := range w.goroutines {
		l.claimsOf(g, wants[g])
	}
	for c := range wanted {
		w.judge(l, c, bySending)
	}
	w.cutShort(l)
}

// cutShort says that what a channel is used for may have stayed unknown.
func (w *walk) cutShort(l *holderSearch) {
	const what = "not all of the code of those who wait for channels with buffers was followed, as there is too much: channels that are used as semaphores may be shown as channels"
	if l.code.Cut() && !slices.Contains(w.remarks, what) {
		w.remarks = append(w.remarks, what)
	}
}

// likelier puts channels that are likelier to be semaphores first: those with room
// for more than a signal.
func (w *walk) likelier(a, b uint64) int {
	room := func(c uint64) uint64 { return min(uint64(w.chans.at(c).capacity), 2) }
	return cmp.Or(cmp.Compare(room(b), room(a)), cmp.Compare(a, b))
}

// askTaker looks at the goroutine that stands there, which waits for a channel: where
// it takes a place in it, and whether it will give that back. Only so many of its
// frames, the innermost, are looked at.
func (w *holderSearch) askTaker(c uint64, most int) {
	at := w.waitsIn(c, most)
	if at < 0 {
		return
	}
	for i := at; i < most && i <= at+maxOuter; i++ {
		f := w.subject.frames[i]
		if f.Trap || !w.asks(f) {
			continue
		}
		if site := (callSite{f.Func, f.PC}); !slices.ContainsFunc(w.takers[c], func(o callSite) bool { return o.pc == site.pc }) {
			w.takers[c] = append(w.takers[c], site)
		}
		if !w.code.MayLetGo(f.Func, f.PC) {
			continue
		}
		view, st := w.frameView(i), w.standsAt(f)
		if _, released := st.Past(&view); slices.ContainsFunc(released, func(l lockcode.Lock) bool { return l.Addr == c && l.Other }) {
			return // it serves the channel as others do a queue
		}
		for _, l := range st.Ahead(&view) {
			w.lends[c] = w.lends[c] || l.Addr == c
		}
	}
}

// mayLetGo is how many of the frames that a goroutine stands in there are down to the
// last, of those that may be asked, that may give back what it waits for. Of most that
// wait to receive none does: they take from a queue.
func (w *holderSearch) mayLetGo() int {
	last, n := -1, 0
	for i, f := range w.subject.frames {
		if f.Trap || !w.asks(f) {
			continue
		}
		if n++; n > 2*maxOuter {
			break
		}
		if w.code.MayLetGo(f.Func, f.PC) {
			last = i
		}
	}
	return last + 1
}

// startedBehind tells whether a goroutine that will leave a semaphore, and has not
// entered it, was started for that by one that did: in a function that some wait in
// to enter, behind the place where they do.
func (w *holderSearch) startedBehind(own *claim, c uint64) bool {
	for _, site := range w.takers[c] {
		if pc := own.g.gopc; pc > site.in.Entry && pc < site.in.End {
			if w.code.TakenBefore(site.in, site.pc, []uint64{pc}) {
				return true
			}
			continue
		}
		// It was started by another function, which got a closure.
		for _, f := range w.subject.frames[own.line:] {
			if f.Func != nil && w.code.TakenBefore(site.in, site.pc, w.code.Makes(site.in, f.Func.Entry)) {
				return true
			}
		}
	}
	return false
}

// judge decides whether a channel is a semaphore, and who is inside.
func (w *walk) judge(l *holderSearch, c uint64, bySending bool) {
	claims := l.claims[lockKey{c, lockcode.Tokens}]
	both := func(k *claim) bool { return k.past && (k.ahead || k.deferred) }
	is := l.lends[c] || slices.ContainsFunc(claims, func(k *claim) bool { return both(k) && k.sure || k.started })
	if !is || l.queues[c] {
		return
	}
	ch := w.chans.at(c)
	t := &tokens{size: int64(ch.capacity), held: int64(ch.count), exact: bySending}
	if !bySending {
		t.held = int64(ch.capacity - ch.count)
	}
	for _, believe := range []func(k *claim) bool{
		func(k *claim) bool { return both(k) || k.started || k.deferred },
		func(k *claim) bool { return both(k) || k.started },
		func(k *claim) bool { return both(k) && k.sure },
	} {
		t.chosen, t.known = nil, 0
		for _, k := range claims {
			if believe(k) {
				t.chosen = append(t.chosen, k)
				t.known += int64(max(k.count, 1))
			}
		}
		if t.known <= t.held {
			break
		}
		t.chosen, t.known = nil, 0
	}
	w.tokens[c] = t
}

// enters makes a wait one for a place in a channel that is used as a semaphore.
func (w *walk) enters(wait *graph.Wait, addr uint64, t *tokens) {
	how := "what its code, and that of others, does with the channel: g.waiting → sudog.c"
	r := w.b.Resource("semaphore", addr)
	wait.Kind, wait.Resource, wait.Evidence = graph.WaitSemaphore, r.ID, inferred(how)
	if r.Detail != nil {
		return
	}
	ch := w.chans.at(addr)
	r.Type = "semaphore (chan " + w.typeName(ch.elemtype) + ")"
	for _, k := range t.chosen {
		r.Holders = append(r.Holders, graph.Holder{Task: taskID(k.g.id), Evidence: inferred(k.how())})
	}
	r.Detail = []graph.Attr{{Key: "len", Value: int64(ch.count)}, {Key: "cap", Value: int64(ch.capacity)}}
	if t.exact || t.known == t.held {
		r.Detail = append(r.Detail, graph.Attr{Key: "size", Value: t.size}, graph.Attr{Key: "held", Value: t.held})
	}
	if unknown := t.held - t.known; unknown > 0 {
		key := "users_not_found"
		if !t.exact { // it may have been filled in part
			key = "users_not_found_at_most"
		}
		r.Detail = append(r.Detail, graph.Attr{Key: key, Value: unknown})
	}
}
