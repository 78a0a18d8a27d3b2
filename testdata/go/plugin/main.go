// Program plugin loads the plugin (-buildmode=plugin, the program plugin/work)
// that its first argument names. It needs cgo.
//
// A correct reader says what it would if the plugin were a part of the program:
// the functions of the plugin stand among the frames, with their lines.
//
//	Receive    chan receive, created by Start of the plugin, started by main
//	order      chan send of the plugin's type order
//	member     member of the WaitGroup that Start waits for, started by its Go
//	main.host  chan receive, in the program itself
//	Start      waits for the WaitGroup, below main.load
package main

import (
	"os"
	"plugin"

	"example.com/targets/ready"
)

//go:noinline
func host(c chan int) { <-c }

//go:noinline
func load(path string) {
	p, err := plugin.Open(path)
	if err != nil {
		panic(err)
	}
	start, err := p.Lookup("Start")
	if err != nil {
		panic(err)
	}
	start.(func())()
}

func main() {
	go host(make(chan int))
	go load(os.Args[1])
	name := "example.com/targets/plugin/work."
	ready.When(
		ready.Parked(1, "chan receive", "main.host"),
		ready.Parked(1, "chan receive", name+"Receive"),
		ready.Parked(1, "chan send", name+"send"),
		ready.Parked(1, "chan receive", name+"member"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", name+"Start"),
	)
	select {}
}
