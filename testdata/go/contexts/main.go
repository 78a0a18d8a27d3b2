// Program contexts has goroutines that wait for contexts to end.
//
// A correct reader says, of the goroutine in
//
//	request    waits for a context with a deadline in most of an hour, which has
//	           two values, of the keys main.user and string(trace), and is
//	           derived from one that can be cancelled
//	child      waits for a context of its own, that ends with the deadline of
//	           its parent's at the latest
//	detached   waits for a context that has no deadline: it is derived from
//	           request's without its end, and has a key more, a *main.number
//	signalled  waits for a context that a signal ends
//	deep       waits for a context below ten thousand others
//	serve      receives from a channel; it holds the cancel functions of request's
//	           context, and of child's
//	supervise  waits for a context that it has the cancel function of itself, and is
//	           no member of that; supervised waits for it too, and is
//	main       holds that of serve's
package main

import (
	"context"
	"os"
	"os/signal"
	"time"

	"example.com/targets/ready"
)

var never = make(chan int)

type user struct{}

// number is as a key no text, and looks like one of two bytes.
type number struct{ zero, two int }

//go:noinline
func request(ctx context.Context) { <-ctx.Done() }

//go:noinline
func child(ctx context.Context) { <-ctx.Done() }

//go:noinline
func detached(ctx context.Context) { <-ctx.Done() }

//go:noinline
func signalled(ctx context.Context) { <-ctx.Done() }

//go:noinline
func deep(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-never:
	}
}

//go:noinline
func supervised(ctx context.Context) { <-ctx.Done() }

//go:noinline
func supervise() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go supervised(ctx)
	<-ctx.Done()
}

//go:noinline
func serve(parent context.Context) {
	ctx := context.WithValue(parent, user{}, "somebody")
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, "trace", 1), time.Hour)
	defer cancel()
	go request(ctx)
	inner, cancelInner := context.WithCancel(ctx)
	defer cancelInner()
	go child(inner)
	apart, cancelApart := context.WithCancelCause(context.WithValue(context.WithoutCancel(ctx), &number{0, 2}, 1))
	defer cancelApart(nil)
	go detached(apart)
	<-never
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go serve(ctx)
	notified, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	go signalled(notified)
	low := context.Background()
	for range 10_000 {
		low = context.WithValue(low, user{}, "nobody")
	}
	low, cancelLow := context.WithCancel(low)
	defer cancelLow()
	go deep(low)
	go supervise()
	ready.When(
		ready.Parked(1, "chan receive", "main.request"),
		ready.Parked(1, "chan receive", "main.child"),
		ready.Parked(1, "chan receive", "main.detached"),
		ready.Parked(1, "chan receive", "main.signalled"),
		ready.Parked(1, "select", "main.deep"),
		ready.Parked(1, "chan receive", "main.serve"),
		ready.Parked(1, "chan receive", "main.supervise"),
		ready.Parked(1, "chan receive", "main.supervised"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
