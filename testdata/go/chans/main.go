// Program chans has one goroutine for each way to stand at a channel.
//
// A correct reader says, of the goroutine in
//
//	sendUnbuffered     chan send on a channel of length 0, capacity 0
//	receiveUnbuffered  chan receive on another such channel
//	sendFull           chan send on a channel that holds 2 of 2
//	receiveEmpty       chan receive on a channel that holds 0 of 4
//	twoReceivers       chan receive, two goroutines (and main) on one channel
//	nilSend, nilReceive and nothing
//	                   waits forever: nothing can wake it
//	nilCases           select on one channel; the nil channel is no case that counts
//	selectThree        select with a send, a receive and a timer's channel
//	pair               select with a send on a full channel and a receive
//	rangeOver          chan receive
//	main               chan receive, at the channel of twoReceivers
//
// Nobody waits at the closed channel: receiving from it never blocks. The
// goroutine in afterClosed stands at the next one.
package main

import (
	"time"

	"example.com/targets/ready"
)

type message struct{ text string }

//go:noinline
func sendUnbuffered(c chan<- int) { c <- 1 }

//go:noinline
func receiveUnbuffered(c <-chan message) { <-c }

//go:noinline
func sendFull(c chan<- string) {
	for _, s := range []string{"one", "two", "three"} {
		c <- s
	}
}

//go:noinline
func receiveEmpty(c <-chan string) { <-c }

//go:noinline
func twoReceivers(c <-chan int) { <-c }

//go:noinline
func nilSend(c chan<- int) { c <- 1 }

//go:noinline
func nilReceive(c <-chan int) { <-c }

//go:noinline
func nothing() { select {} }

//go:noinline
func nilCases(a, b <-chan int) {
	select {
	case <-a:
	case <-b:
	}
}

//go:noinline
func selectThree(in <-chan int, out chan<- message, after <-chan time.Time) {
	select {
	case <-in:
	case out <- message{"hello"}:
	case <-after:
	}
}

//go:noinline
func pair(full chan<- int, empty <-chan int) {
	select {
	case full <- 1:
	case <-empty:
	}
}

//go:noinline
func rangeOver(c <-chan int) {
	for range c {
	}
}

//go:noinline
func afterClosed(closed, open <-chan int) {
	<-closed
	<-open
}

func main() {
	closed := make(chan int)
	close(closed)
	full := make(chan int, 1)
	full <- 1
	both := make(chan int)

	go sendUnbuffered(make(chan int))
	go receiveUnbuffered(make(chan message))
	go sendFull(make(chan string, 2))
	go receiveEmpty(make(chan string, 4))
	go twoReceivers(both)
	go twoReceivers(both)
	go nilSend(nil)
	go nilReceive(nil)
	go nothing()
	go nilCases(nil, make(chan int))
	go selectThree(make(chan int), make(chan message), time.After(time.Hour))
	go pair(full, make(chan int))
	go rangeOver(make(chan int))
	go afterClosed(closed, make(chan int))

	ready.When(
		ready.Parked(1, "chan send", "main.sendUnbuffered"),
		ready.Parked(1, "chan receive", "main.receiveUnbuffered"),
		ready.Parked(1, "chan send", "main.sendFull"),
		ready.Parked(1, "chan receive", "main.receiveEmpty"),
		ready.Parked(2, "chan receive", "main.twoReceivers"),
		ready.Parked(1, "chan send (nil chan)", "main.nilSend"),
		ready.Parked(1, "chan receive (nil chan)", "main.nilReceive"),
		ready.Parked(1, "select (no cases)", "main.nothing"),
		ready.Parked(1, "select", "main.nilCases"),
		ready.Parked(1, "select", "main.selectThree"),
		ready.Parked(1, "select", "main.pair"),
		ready.Parked(1, "chan receive", "main.rangeOver"),
		ready.Parked(1, "chan receive", "main.afterClosed"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-both
}
