// Program callback has, with cgo, a goroutine that calls C, which calls Go
// again, which waits.
//
// A correct reader says that the goroutine in main.back receives from a
// channel, and that its stack goes on below C: main.throughC, without the C
// frames between or with them.
package main

import "example.com/targets/ready"

var never = make(chan int)

func main() {
	wants := []ready.Want{ready.Parked(1, "chan receive", "main.main")}
	if throughC != nil {
		go throughC()
		wants = append(wants, ready.Parked(1, "chan receive", "main.back"))
	}
	ready.When(wants...)
	<-never
}
