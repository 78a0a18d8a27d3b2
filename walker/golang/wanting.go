package golang

import "github.com/dlv-async/dlv-async/walker/graph"

// wanting says what is missing of what a parked goroutine waits for; empty
// when nothing is. What is only found with luck (the context of a Done channel,
// the addresses of a socket) is not missed.
func (w *walk) wanting(g *goroutine) string {
	if !parked(g.status) {
		return ""
	}
	if g.isTorn() {
		return ""
	}
	if g.broken != "" {
		return g.broken
	}
	if g.reason != 0 && w.reasonOf(g) == "" {
		return "the runtime's word for it could not be read"
	}
	for _, s := range g.sudogs {
		if s.c == 0 {
			continue
		}
		ch := s.ch
		if ch == nil {
			return "a channel could not be read"
		}
		if _, ok := w.timers[ch.timer]; ch.timer != 0 && !ok {
			return "a timer could not be read"
		}
	}
	switch w.kindOf(g) {
	case graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite, graph.WaitWaitGroup, graph.WaitSemaphore:
		if len(g.sudogs) == 0 {
			return "its semaphore was not found; it may be that it is just being woken"
		}
		if w.words[g.sudogs[0].elem] == nil {
			return "what its semaphore is a part of could not be read"
		}
	case graph.WaitCond:
		if w.conds[g] == 0 {
			return "its sync.Cond was not found"
		}
	case graph.WaitNetwork:
		if _, ok := w.polls[g]; !ok && !w.passing[g] {
			return "the descriptor was not found"
		}
	case graph.WaitSleep:
		// The scavenger's sleep is no time.Sleep, and has no timer of its own.
		if _, ok := w.timers[g.timer]; g.timer != 0 && g.sleepWhen == 0 && !ok {
			return "its timer could not be read"
		}
	}
	return ""
}
