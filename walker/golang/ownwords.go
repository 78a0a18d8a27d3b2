package golang

import "strings"

// Bounds of the search for who uses what a pool has.
const (
	maxUsers     = 1024 // goroutines
	maxUserWords = 128  // of each
	maxCaptured  = 3    // words of a deferred call
)

// ownWords are the live words of goroutines that may be pointers to what they use.
func (c *collection) ownWords(users []*goroutine) map[*goroutine][]uint64 {
	words := map[*goroutine][]uint64{}
	deferred := map[uint64][]*goroutine{} // closures that are not on a stack
	for _, g := range users {
		if len(words) == maxUsers {
			break
		}
		for _, f := range c.framesOf(g) {
			if f.Func == nil || len(words[g]) > maxUserWords || strings.HasPrefix(f.Func.Name, "runtime.") {
				continue
			}
			if g.deferred != 0 && f.Func.DeferReturn != 0 {
				for _, closure := range c.pendingClosures(g, f) {
					if !g.onStack(closure, 8) && len(deferred) < maxUsers {
						deferred[closure] = append(deferred[closure], g)
					}
				}
			}
			for _, v := range c.liveWords(g, f) {
				if v > 1<<12 && v%8 == 0 && (v < g.lo || v >= g.hi) {
					words[g] = append(words[g], v)
				}
			}
		}
	}
	// A closure begins with its function; what follows is what it has captured.
	c.any(keys(deferred), 8*(1+maxCaptured), func(closure uint64, b []byte) {
		for k := range maxCaptured {
			v := word(b, 1+k)
			for _, g := range deferred[closure] {
				if v > 1<<12 && v%8 == 0 && (v < g.lo || v >= g.hi) && len(words[g]) <= maxUserWords {
					words[g] = append(words[g], v)
				}
			}
		}
	})
	return words
}
