// Program labels has goroutines with profiler labels.
//
// A correct reader says that
//
//	request  is labelled path=/orders and method=GET
//	child    was started by request and has its labels
//	nested   has those of an outer Do and its own: path=/items, step=price
//	odd      has a label whose value is not to be printed as it is: a newline,
//	         an escape sequence, and bytes that are no UTF-8
//	plain    and main have none
package main

import (
	"context"
	"runtime/pprof"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func request(context.Context) {
	go child()
	<-never
}

//go:noinline
func child() { <-never }

//go:noinline
func nested(context.Context) { <-never }

//go:noinline
func odd(context.Context) { <-never }

//go:noinline
func plain() { <-never }

func main() {
	ctx := context.Background()
	go pprof.Do(ctx, pprof.Labels("path", "/orders", "method", "GET"), request)
	go pprof.Do(ctx, pprof.Labels("path", "/items", "step", "none"), func(ctx context.Context) {
		pprof.Do(ctx, pprof.Labels("step", "price"), nested)
	})
	go pprof.Do(ctx, pprof.Labels("odd", "a\nb\x1b[31mred\xff"), odd)
	go plain()

	ready.When(
		ready.Parked(1, "chan receive", "main.request"),
		ready.Parked(1, "chan receive", "main.child"),
		ready.Parked(1, "chan receive", "main.nested"),
		ready.Parked(1, "chan receive", "main.odd"),
		ready.Parked(1, "chan receive", "main.plain"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
