package demo

import (
	"bytes"
	"fmt"
	"runtime"
	"time"
)

// A role is so many goroutines with a function on their stack, in a state.
type role struct {
	after    string // the step of the stage after which they stand there
	count    int
	function string
	state    string // as runtime.Stack names it
}

// cast is every task of the sample that READY stands for, by the step that
// brings it there. What is wrong with them begins at closeWhenPacked.
var cast = []role{
	{"start", 1, "demo.Serve", "sync.WaitGroup.Wait"},
	{"start", 1, "demo.endWith", "syscall"},
	{"start", 1, "net/http.(*Server).Serve", "IO wait"},
	{"start", 1, "orders.(*server).shutDownAfter", "chan receive"},
	{"start", 3, "orders.(*Service).pick", "chan receive"},
	{"start", 1, "orders.(*Shipper).Run", "chan receive"},
	{"start", 1, "orders.(*Mailer).Run", "chan receive"},
	{"start", 1, "orders.(*Store).ExpireReservations", "select"},
	{"start", 1, "orders.(*Backorders).Run", "sync.Cond.Wait"},
	{"start", 1, "orders.(*Catalog).Refresh", "sync.WaitGroup.Wait"},
	{"start", 2, "orders.fetchPrices", "IO wait"},

	{"ship", 1, "orders.(*Mailer).backOff", "sleep"},
	{"ship", 1, "orders.(*Shipper).Run", "chan receive"},
	{"ship", 1, "orders.(*Shipper).Ship", "sync.WaitGroup.Wait"},
	{"ship", 1, "orders.(*Shipper).label", "chan receive"},
	{"ship", 1, "orders.closeWhenPacked", "sync.WaitGroup.Wait"},
	{"ship", 0, "orders.(*Shipper).pack", "select"},
	{"ship", 1, "net/http.(*conn).serve", "IO wait"},

	{"POST /confirm/rope", 2, "orders.(*Mailer).Confirm", "chan send"},
	{"POST /pay/anvil", 1, "orders.(*Payments).Charge", "select"},
	{"GET /price/anvil", 2, "orders.(*Catalog).Price", "sync.RWMutex.RLock"},
	{"POST /reserve/anvil", 3, "orders.(*Store).Reserve", "sync.Mutex.Lock"},
	{"POST /flush", 1, "orders.(*Shipper).Flush", "sync.WaitGroup.Wait"},
	{"POST /flush", 9, "net/http.(*connReader).backgroundRead", "IO wait"},
}

// patience is how long a step of the stage may take. On an idle machine it
// takes less than a millisecond.
const patience = 30 * time.Second

// stacks has room for every stack of the cast. It is no garbage, so that no
// collection starts goroutines of its own among those of the sample.
var stacks [256 << 10]byte

// settle returns when the roles of a step stand in their places.
func settle(step string) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		missing := missing(step, stacks[:runtime.Stack(stacks[:], true)])
		if missing == "" {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the sample service did not settle: after %s there is not %s", step, missing)
		}
	}
}

// missing names the first role of a step that is not there, or nothing.
func missing(step string, stacks []byte) string {
	goroutines := bytes.Split(stacks, []byte("\n\n"))
	for _, r := range cast {
		if r.after != step {
			continue
		}
		count := 0
		for _, g := range goroutines {
			header, frames, _ := bytes.Cut(g, []byte("\n"))
			if bytes.Contains(header, []byte("["+r.state)) && bytes.Contains(frames, []byte(r.function+"(")) {
				count++
			}
		}
		if count != r.count {
			return fmt.Sprintf("%d %s in %s, but %d", r.count, r.state, r.function, count)
		}
	}
	return ""
}
