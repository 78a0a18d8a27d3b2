// Program timers sets as many timers as its first argument says, ten without one: of
// time.AfterFunc for expire, or with "after" as the second, of time.After, whose
// channels it keeps and nobody receives from.
//
// A correct reader says that they have piled up, and for what: for expire; for
// channels up to Go 1.22. Later releases have no timer pending for a channel that
// nobody waits on.
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

func main() {
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
	ready.When(ready.Parked(1, "chan receive", "main.main"))
	<-never
	runtime.KeepAlive(channels)
}
