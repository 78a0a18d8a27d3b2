// Package record is for programs that note themselves who has what: a line on
// standard error for each,
//
//	held 0xc000010000 exclusive go:7 explicit
//	free 0xc000010040 exclusive go:8 letGo
//
// the latter of goroutines that look as if they had it, and do not.
package record

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

// Goid is the number of the goroutine that asks.
func Goid() (id int) {
	buf := make([]byte, 64)
	buf = bytes.TrimPrefix(buf[:runtime.Stack(buf, false)], []byte("goroutine "))
	fmt.Sscan(string(buf), &id)
	return id
}

// Start starts a goroutine that runs f, and returns its number once f has sent to at.
func Start[B any](f func(b B, at chan<- bool), b B) int {
	ids := make(chan int)
	at := make(chan bool)
	go func() {
		ids <- Goid()
		f(b, at)
	}()
	id := <-ids
	<-at
	return id
}

// Say notes one line.
func Say(what string, addr unsafe.Pointer, mode string, id int, name string) {
	fmt.Fprintf(os.Stderr, "%s %p %s go:%d %s\n", what, addr, mode, id, name)
}
