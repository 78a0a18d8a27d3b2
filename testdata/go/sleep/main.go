// Program sleep has goroutines that wait for time and for contexts.
//
// A correct reader says that
//
//	sleep        sleeps, for most of an hour yet
//	timer        receives from a Timer's channel, due in most of an hour
//	ticker       receives from a Ticker's channel, every hour
//	timeout      waits for a context with a deadline in most of an hour
//	cancelled    waits for a context that only its cancel function ends; it is
//	             derived, through a value, from the one of timeout
//	either       selects between a channel and that same context
//	background   waits on the Done channel of context.Background, which is nil:
//	             forever
//	afterFunc    receives from a channel, in a goroutine that a timer started:
//	             whoever created it is not who made the timer
package main

import (
	"context"
	"time"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func sleep() { time.Sleep(time.Hour) }

//go:noinline
func timer() { <-time.NewTimer(time.Hour).C }

//go:noinline
func ticker() { <-time.NewTicker(time.Hour).C }

//go:noinline
func timeout(ctx context.Context) { <-ctx.Done() }

//go:noinline
func cancelled(ctx context.Context) { <-ctx.Done() }

//go:noinline
func either(ctx context.Context) {
	select {
	case <-never:
	case <-ctx.Done():
	}
}

//go:noinline
func background(ctx context.Context) { <-ctx.Done() }

//go:noinline
func afterFunc() { <-never }

type key struct{}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	inner, cancelInner := context.WithCancel(context.WithValue(ctx, key{}, "value"))
	defer cancelInner()

	go sleep()
	go timer()
	go ticker()
	go timeout(ctx)
	go cancelled(inner)
	go either(inner)
	go background(context.Background())
	time.AfterFunc(0, afterFunc)

	ready.When(
		ready.Parked(1, "sleep", "main.sleep"),
		ready.Parked(1, "chan receive", "main.timer"),
		ready.Parked(1, "chan receive", "main.ticker"),
		ready.Parked(1, "chan receive", "main.timeout"),
		ready.Parked(1, "chan receive", "main.cancelled"),
		ready.Parked(1, "select", "main.either"),
		ready.Parked(1, "chan receive (nil chan)", "main.background"),
		ready.Parked(1, "chan receive", "main.afterFunc"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
