// Program desk is one that a developer steps through: a loop, a function that
// is called in tasks of two different parents, and an end.
//
// A correct reader says, where price stands, that
//
//	under checkout  its goroutine is in an errgroup.Group that main.checkout
//	                opened: the logical backtrace is price, checkout, main
//	under audit     the same, with audit
//
// and at the end that main.main waits in select{}. With the argument "asleep"
// it ends with all goroutines asleep: one at a locked Mutex, one at a channel.
package main

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/targets/ready"
)

type cart struct {
	customer string
	prices   []int
}

func main() {
	total := 0
	for i := range 3 {
		total = add(total, i)
	}
	c := &cart{customer: "ann", prices: []int{7, 35}}
	total += checkout(c)
	total += audit(c)
	fmt.Println("total", total)
	if len(os.Args) > 1 && os.Args[1] == "asleep" {
		asleep()
	}
	ready.When(ready.Parked(1, "select (no cases)", "main.main"))
	select {}
}

//go:noinline
func add(a, b int) int {
	sum := a + b
	return sum
}

//go:noinline
func checkout(c *cart) int {
	var g errgroup.Group
	sum := 0
	for _, p := range c.prices {
		g.Go(func() error {
			sum += price(c.customer, p)
			return nil
		})
		_ = g.Wait()
	}
	return sum
}

//go:noinline
func audit(c *cart) int {
	var g errgroup.Group
	found := 0
	g.Go(func() error {
		found = price("audit of "+c.customer, len(c.prices))
		return nil
	})
	_ = g.Wait()
	return found
}

//go:noinline
func price(item string, n int) int {
	fmt.Println("priced", item, n)
	return n
}

// asleep has two goroutines wait for each other.
func asleep() {
	var mu sync.Mutex
	mu.Lock()
	done := make(chan bool)
	go func() {
		mu.Lock()
		defer mu.Unlock()
		done <- true
	}()
	<-done
	mu.Unlock()
}
