// Program bigheap has about a gigabyte of objects that lead to each other, and
// 100,000 goroutines (or as many as its arguments say: megabytes, goroutines), each of which waits on a
// channel. One in a thousand can never be woken.
//
// A correct reader finds these, and no others.
package main

import (
	"os"
	"runtime/debug"
	"strconv"

	"example.com/targets/ready"
)

// order is what services keep many of: 160 bytes, with six pointers.
type order struct {
	id    uint64
	name  string
	items []item
	next  *order
	meta  map[string]string
	extra [8]uint64
}

type item struct {
	sku   *string
	count int
	done  chan int
}

func number(i int) int {
	if len(os.Args) <= i {
		return []int{0, 1024, 100_000}[i]
	}
	n, err := strconv.Atoi(os.Args[i])
	if err != nil {
		panic(err)
	}
	return n
}

//go:noinline
func kept(o *order) { <-o.items[0].done }

//go:noinline
func lost(c chan int) { <-c }

var shards [64]*order

func main() {
	debug.SetGCPercent(400)
	megabytes, goroutines := number(1), number(2)
	orders := megabytes << 20 / 400
	shared := make([]*string, 1000)
	for i := range shared {
		s := "sku " + strconv.Itoa(i)
		shared[i] = &s
	}
	step := max(orders/goroutines, 1)
	started := 0
	for i := range orders {
		o := &order{id: uint64(i), name: strconv.Itoa(i), items: make([]item, 3), next: shards[i%64]}
		for j := range o.items {
			o.items[j] = item{sku: shared[(i+j)%1000], count: j}
		}
		if i%step == 0 && started < goroutines {
			started++
			if started%1000 == 0 {
				go lost(make(chan int))
			} else {
				o.items[0].done = make(chan int)
				go kept(o)
			}
		}
		if i%8 == 0 {
			o.meta = map[string]string{"region": "eu", "tenant": o.name}
		}
		shards[i%64] = o
	}
	ready.When(ready.Parked(1, "chan receive", "main.main"))
	<-ready.Command("end")
}
