// Program plugin/work is what the program plugin loads.
package main

import "sync"

type order struct{ id int }

//go:noinline
func Receive(c chan int) { <-c }

//go:noinline
func send(c chan order) { c <- order{1} }

//go:noinline
func member(c chan int) { <-c }

// Start does not return.
func Start() {
	go Receive(make(chan int))
	go send(make(chan order))
	var group sync.WaitGroup
	never := make(chan int)
	group.Add(1)
	go func() {
		defer group.Done()
		member(never)
	}()
	group.Wait()
}

func main() {}
