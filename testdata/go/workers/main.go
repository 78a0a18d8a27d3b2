// Program workers has goroutines that take work from channels, and some that
// only look so.
//
// A correct reader says that
//
//	pool      has four workers, of which two are idle and two are busy: in
//	          pack, and sending its result
//	fields    a pool whose workers select, from channels in a structure: three, one
//	          of them busy in ship; none of the four that may be is queued
//	full      a pool of two, both busy in mill, while grind waits to give it work
//	global    a pool whose channel is a variable: three, one of them busy in weigh
//	depots    likewise, the channel being a field of what a variable points to,
//	          and its workers selecting: two idle, one in haul
//	smelters  a pool of two with a channel that is a variable, both busy in smelt,
//	          while cast waits to give them work
//	verdicts  two goroutines that receive from a variable once are no pool
//	answers   two goroutines that receive one answer each from one channel are
//	          no pool: they do not come back
//	signals   neither are two that wait for a signal, in a loop or not
//	producers and neither are two that send to one channel
package main

import "example.com/targets/ready"

type job struct{ n int }

var never = make(chan int)

//go:noinline
func pack(j job) int {
	if j.n == 0 {
		<-never
	}
	return j.n
}

//go:noinline
func work(jobs <-chan job, results chan<- int) {
	for j := range jobs {
		results <- pack(j)
	}
}

//go:noinline
func pool() {
	jobs, results := make(chan job), make(chan int)
	for range 4 {
		go work(jobs, results)
	}
	jobs <- job{0}
	jobs <- job{1}
	<-never
}

type shop struct {
	name   string
	orders chan *job
	quit   chan struct{}
}

//go:noinline
func (s *shop) ship(j *job) {
	if j.n == 0 {
		<-never
	}
}

//go:noinline
func (s *shop) serve() {
	for {
		select {
		case j := <-s.orders:
			s.ship(j)
		case <-s.quit:
			return
		}
	}
}

//go:noinline
func fields() {
	s := &shop{"corner", make(chan *job, 4), make(chan struct{})}
	for range 3 {
		go s.serve()
	}
	s.orders <- &job{0}
	<-never
	close(s.quit)
}

//go:noinline
func mill(sacks <-chan string) {
	for range sacks {
		<-never
	}
}

//go:noinline
func grind(sacks chan<- string) {
	for {
		sacks <- "rye"
	}
}

//go:noinline
func full() {
	sacks := make(chan string)
	for range 2 {
		go mill(sacks)
	}
	grind(sacks)
}

var queue = make(chan job)

//go:noinline
func weigh(j job) {
	if j.n == 0 {
		<-never
	}
}

//go:noinline
func clerk() {
	for {
		weigh(<-queue)
	}
}

//go:noinline
func global() {
	for range 3 {
		go clerk()
	}
	queue <- job{0}
	<-never
}

var depot = &shop{"depot", make(chan *job), make(chan struct{})}

//go:noinline
func haul(j *job) {
	if j.n == 0 {
		<-never
	}
}

//go:noinline
func carrier() {
	for {
		select {
		case j := <-depot.orders:
			haul(j)
		case <-depot.quit:
			return
		}
	}
}

//go:noinline
func depots() {
	for range 3 {
		go carrier()
	}
	depot.orders <- &job{0}
	<-never
	close(depot.quit)
}

var ores = make(chan string)

//go:noinline
func smelt(string) { <-never }

//go:noinline
func smelter() {
	for {
		smelt(<-ores)
	}
}

//go:noinline
func cast() {
	for {
		ores <- "tin"
	}
}

//go:noinline
func smelters() {
	for range 2 {
		go smelter()
	}
	cast()
}

var court = make(chan int)

//go:noinline
func verdict() { println(<-court) }

//go:noinline
func verdicts() {
	for range 2 {
		go verdict()
	}
	<-never
}

//go:noinline
func answer(c chan int) { println(<-c) }

//go:noinline
func answers() {
	c := make(chan int)
	go answer(c)
	for range 2 {
		go answer(c)
	}
	<-never
}

//go:noinline
func signal(c chan struct{}) {
	for range c {
		println("again")
	}
}

//go:noinline
func signals() {
	c := make(chan struct{})
	for range 2 {
		go signal(c)
	}
	<-never
}

//go:noinline
func produce(c chan<- int) {
	for i := range 100 {
		c <- i
	}
}

//go:noinline
func producers() {
	c := make(chan int)
	for range 2 {
		go produce(c)
	}
	<-never
}

func main() {
	for _, f := range []func(){pool, fields, full, global, depots, smelters, verdicts, answers, signals, producers} {
		go f()
	}
	ready.When(
		ready.Parked(3, "chan receive", "main.work"),
		ready.Parked(1, "chan receive", "main.pack"),
		ready.Parked(1, "chan send", "main.work"),
		ready.Parked(2, "select", "main.(*shop).serve"),
		ready.Parked(1, "chan receive", "main.(*shop).ship"),
		ready.Parked(2, "chan receive", "main.mill"),
		ready.Parked(1, "chan send", "main.grind"),
		ready.Parked(1, "chan receive", "main.weigh"),
		ready.Parked(3, "chan receive", "main.clerk"),
		ready.Parked(1, "chan receive", "main.haul"),
		ready.Parked(2, "select", "main.carrier"),
		ready.Parked(2, "chan receive", "main.smelt"),
		ready.Parked(1, "chan send", "main.cast"),
		ready.Parked(2, "chan receive", "main.verdict"),
		ready.Parked(1, "chan receive", "main.global"),
		ready.Parked(1, "chan receive", "main.depots"),
		ready.Parked(3, "chan receive", "main.answer"),
		ready.Parked(2, "chan receive", "main.signal"),
		ready.Parked(2, "chan send", "main.produce"),
		ready.Parked(1, "chan receive", "main.pool"),
		ready.Parked(1, "chan receive", "main.fields"),
	)
	<-never
}
