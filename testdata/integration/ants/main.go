// Program ants uses the default pool of github.com/panjf2000/ants.
//
// A correct reader says that the pool has two members, which are goroutines that
// run main.busy.
package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/panjf2000/ants/v2"
)

var never = make(chan int)

//go:noinline
func busy(started *sync.WaitGroup) { started.Done(); <-never }

func main() {
	var started sync.WaitGroup
	started.Add(2)
	for range 2 {
		if err := ants.Submit(func() { busy(&started) }); err != nil {
			panic(err)
		}
	}
	started.Wait()
	fmt.Println("READY")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
