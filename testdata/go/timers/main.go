// Program timers sets as many timers as its first argument says, ten without one: of
// time.AfterFunc for expire, or with "after" as the second, of time.After, whose
// channels it keeps and nobody receives from.
//
// A correct reader says that they have piled up, and for what: for expire; for
// channels up to Go 1.22. Later releases have no timer pending for a channel that
// nobody waits on. Of the timer that stopped waits for they say that it is not set.
package main

import (
	"os"
	"runtime"
	"strconv"
	"time"

	"example.com/targets/ready"
)

//go:noinline
func expire() { select {} }

//go:noinline
func stopped() {
	t := time.NewTimer(time.Hour)
	t.Stop()
	<-t.C
}

func main() {
	go stopped()
	n := 10
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			panic(err)
		}
	}
	var channels []<-chan time.Time
	for range n {
		if len(os.Args) > 2 {
			channels = append(channels, time.After(time.Hour))
		} else {
			time.AfterFunc(time.Hour, expire)
		}
	}
	never := make(chan int)
	ready.When(ready.Parked(1, "chan receive", "main.main"), ready.Parked(1, "chan receive", "main.stopped"))
	<-never
	runtime.KeepAlive(channels)
}
