package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// timerPile is the sort that most of the pending timers are of.
type timerPile struct {
	sort string
	n    int // of those that were looked at
	read int // how many were looked at
}

// leastTimers is how many pending timers are worth a word, where they are also
// twice as many as the goroutines: time.After in a loop, a timer for each item of
// a cache. Those that goroutines sleep by are no more than the goroutines.
const leastTimers = 1_000

func newTimerPile(sorts map[string]int, read, pending int) timerPile {
	pile := timerPile{read: read}
	if pending < leastTimers {
		return pile
	}
	for sort, n := range sorts {
		if n > pile.n || n == pile.n && sort < pile.sort {
			pile.sort, pile.n = sort, n
		}
	}
	return pile
}

// reportTimers tells of timers that have piled up for one thing.
func (w *walk) reportTimers() {
	pile, all := w.timerPile, w.pendingTimers
	if all < leastTimers || all < 2*len(w.goroutines) || 2*pile.n < pile.read {
		return
	}
	what := "to call " + pile.sort
	switch pile.sort {
	case "channels":
		what = "to send to channels: those of time.After, time.NewTimer, time.NewTicker"
	case "sleeps", "deadlines of descriptors", "what is not known":
		what = "for " + pile.sort
	}
	evidence := proven("the heaps of timers of all processors")
	most := "most of them"
	if pile.n == all {
		most = "all of them"
	} else if pile.read < all {
		evidence = inferred(fmt.Sprintf("%d of the %d timers of all processors that were looked at", pile.n, pile.read))
	}
	w.b.Problem(&graph.Problem{
		Code: "timer-pileup", Severity: graph.Info, Evidence: evidence, About: pile.sort,
		Message: fmt.Sprintf("%d timers are pending, and %d goroutines are there; %s wait %s", all, len(w.goroutines), most, what),
	})
}
