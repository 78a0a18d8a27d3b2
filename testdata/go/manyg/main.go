// Program manyg parks as many goroutines as its first argument says.
//
// A correct reader says that half of them, in own, receive each from a
// channel of its own, and half, in shared, all from one. With "groups" as
// second argument half are members of one errgroup, in member, and half of
// errgroups of ten, each opened and waited for in ten; the errgroups' owners
// come on top. Told to "profile" it writes its goroutine profile to nowhere, and
// answers how many nanoseconds that took.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func own(c chan int) { <-c }

//go:noinline
func shared() { <-never }

//go:noinline
func member() error { <-never; return nil }

//go:noinline
func one(n int) {
	var g errgroup.Group
	for range n {
		g.Go(member)
	}
	_ = g.Wait()
}

//go:noinline
func ten() {
	var g errgroup.Group
	for range 10 {
		g.Go(member)
	}
	_ = g.Wait()
}

func main() {
	n := 1000
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			panic(err)
		}
	}
	wants := []ready.Want{ready.Parked(1, "chan receive", "main.main")}
	if len(os.Args) > 2 && os.Args[2] == "groups" {
		tens := n / 2 / 10
		go one(n - 10*tens)
		for range tens {
			go ten()
		}
		const wait = "sync.WaitGroup.Wait|semacquire"
		wants = append(wants,
			ready.Parked(n, "chan receive", "main.member"),
			ready.Parked(1, wait, "main.one"),
			ready.Parked(tens, wait, "main.ten"))
	} else {
		for range n / 2 {
			go own(make(chan int))
		}
		for range n - n/2 {
			go shared()
		}
		wants = append(wants,
			ready.Parked(n/2, "chan receive", "main.own"),
			ready.Parked(n-n/2, "chan receive", "main.shared"))
	}
	asked := ready.Command("profile")
	ready.When(wants...)
	<-asked
	begin := time.Now()
	if err := pprof.Lookup("goroutine").WriteTo(io.Discard, 0); err != nil {
		panic(err)
	}
	answer := fmt.Sprint(time.Since(begin).Nanoseconds())
	fmt.Printf("ANSWER %d\n%s", len(answer), answer)
	<-never
}
