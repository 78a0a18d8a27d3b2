// Program bubble has a test in a bubble of testing/synctest that does not end.
//
// A correct reader says that the goroutine in
//
//	test     waits for its bubble, which it opened, and whose members are the
//	         others
//	body     waits for the bubble's goroutines to block, which worker does not:
//	         its channel is from outside of it
//	worker   receives from that channel
package main

import (
	"os"
	"testing"
	"testing/synctest"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func worker() { <-never }

//go:noinline
func body(*testing.T) {
	go worker()
	synctest.Wait()
}

//go:noinline
func test(t *testing.T) { synctest.Test(t, body) }

func main() {
	ready.When(
		ready.Parked(1, "synctest.Run|synctest.Run (durable)", "main.test"),
		ready.Parked(1, "synctest.Wait|synctest.Wait (durable)", "main.body"),
		ready.Parked(1, "chan receive", "main.worker"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	os.Args = os.Args[:1]
	match := func(string, string) (bool, error) { return true, nil }
	testing.Main(match, []testing.InternalTest{{Name: "Test", F: test}}, nil, nil)
}
