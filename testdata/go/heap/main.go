// Program heap has a heap of objects of all sorts, all of them in use: lists,
// trees, maps, slices, strings, large objects with and without pointers, types
// with a mask of their own, objects with finalizers and weak pointers to them. It writes how many
// objects and bytes its runtime counts after a collection to standard error.
//
// A correct reader reaches as many, but for some hundred that came and went since.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"example.com/targets/ready"
)

type node struct {
	next *node
	name string
	pad  [3]uint64
	any  any
}

// medium has more than 512 bytes: its objects begin with their type.
type medium struct {
	head [70]uint64
	list *node
	tail [10]uint64
	m    map[string]int
}

// huge has a mask of more than 2 KB, which the runtime makes when it needs it.
type huge struct {
	parts [3000]struct {
		n    [6]uint64
		next *node
	}
	last *medium
}

var world struct {
	lists   []*node
	mediums []*medium
	large   [][]*node
	bytes   [][]byte
	maps    map[int]*node
	strings map[string][]string
	huge    []*huge
	funcs   []func() int
	final   []*node
}

func list(n int) *node {
	var first *node
	for i := range n {
		first = &node{next: first, name: fmt.Sprint("node ", i), any: i * 1000}
	}
	return first
}

func build() {
	for i := range 200 {
		world.lists = append(world.lists, list(100))
		world.mediums = append(world.mediums, &medium{list: list(3), m: map[string]int{"a": 1, fmt.Sprint(i): i}})
		world.bytes = append(world.bytes, make([]byte, 100+i*40))
		world.funcs = append(world.funcs, func() int { return i + len(world.lists) })
	}
	for range 4 {
		large := make([]*node, 100_000)
		for i := 0; i < len(large); i += 10 {
			large[i] = &node{next: list(1)}
		}
		world.large = append(world.large, large)
		h := &huge{last: &medium{list: list(2)}}
		for i := range h.parts {
			h.parts[i].next = list(1)
		}
		world.huge = append(world.huge, h)
	}
	world.maps, world.strings = map[int]*node{}, map[string][]string{}
	for i := range 5000 {
		world.maps[i] = list(2)
		world.strings[fmt.Sprint(i)] = []string{fmt.Sprint("value ", i), fmt.Sprint("other ", i)}
	}
	for range 100 {
		n := list(5)
		runtime.SetFinalizer(n, func(n *node) { world.lists = append(world.lists, n) })
		world.final = append(world.final, n)
	}
}

func main() {
	debug.SetGCPercent(-1)
	build()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(os.Stderr, m.HeapObjects, m.HeapAlloc)
	ready.When(ready.Parked(1, "chan receive", "main.main"))
	<-ready.Command("end")
}
