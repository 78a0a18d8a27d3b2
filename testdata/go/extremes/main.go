// Program extremes has goroutines that wait in ways no sane program does.
//
// A correct reader says, in bounded time, of the goroutine in
//
//	wide      a select of 65,536 cases, the most there can be, each on a
//	          channel of its own
//	deep      waits for a context with 10,000 parents: the nearest are named,
//	          and that there are more
//	garbage   has labels that cannot be read, and that is said
//	stack     10,000 calls deep: the innermost are shown, and that there are
//	          more; it has the label depth
package main

import (
	"context"
	"reflect"
	"runtime/pprof"
	"unsafe"

	"example.com/targets/ready"
)

//go:noinline
func wide() {
	var c chan int
	cases := make([]reflect.SelectCase, 65536)
	for i := range cases {
		cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.MakeChan(reflect.TypeOf(c), 0)}
	}
	reflect.Select(cases)
}

//go:noinline
func deep() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for i := range 5000 {
		ctx = context.WithValue(ctx, &i, i)
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
	}
	<-ctx.Done()
}

// What package pprof sets labels by.
//
//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(labels unsafe.Pointer)

// garbage has labels that are a buffer with words of garbage.
//
//go:noinline
func garbage(words ...uint64) {
	buffer := make([]byte, 64)
	copy(buffer, unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 8*len(words)))
	setLabels(unsafe.Pointer(&buffer[0]))
	select {}
}

//go:noinline
func stack(n int) int {
	if n == 0 {
		select {}
	}
	return stack(n-1) + 1
}

func main() {
	go wide()
	go deep()
	code := uint64(reflect.ValueOf(stack).Pointer())
	go garbage(1, 2, 3)                            // short, of no address
	go garbage(0x10000, 1<<40, 1<<40)              // long, of no address
	go garbage(^uint64(0), ^uint64(0), ^uint64(0)) // of all there is
	go garbage(code, 3, 3)                         // a list of code
	go pprof.Do(context.Background(), pprof.Labels("depth", "10000"), func(context.Context) { stack(10000) })
	ready.When(
		ready.Parked(1, "select", "main.wide"),
		ready.Parked(1, "chan receive", "main.deep"),
		ready.Parked(4, "select (no cases)", "main.garbage"),
		ready.Parked(1, "select (no cases)", "main.stack"),
	)
	select {}
}
