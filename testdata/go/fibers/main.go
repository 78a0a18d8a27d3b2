// Program fibers has a scheduler of its own: tasks, awaiters and groups of its
// own types, most of which no goroutine runs. fibers.toml declares them.
//
// A correct reader says that
//
//	fiber:1 serve   waits for the group "requests", whose members are fetch and
//	                parse, and which it owns
//	fiber:2 fetch   waits for the future "answer", which parse will serve
//	fiber:3 parse   awaits the task compute
//	fiber:4 left    and right wait for each other, each through a lock that the
//	fiber:5 right   other one has: a deadlock
//	fiber:6 last    stands in a map; is done; awaits nothing
//	compute         is a goroutine, which receives from a channel: its logical
//	                backtrace goes on in parse, fetch and serve
//	fiber:8 ring    is the first of a list that leads back to itself
//	fiber:9 boxed   stands in a sync.Map, as an interface; fiber:10 in a list
//	fiber:99        is not there: it is marked free
package main

import (
	"container/list"
	"sync"
	"sync/atomic"

	"example.com/targets/ready"
)

type task struct {
	id      int
	label   *string
	state   atomic.Int32 // 0 new, 1 waits, 2 done
	waiting awaiter
	parent  *task
	in      *group
	next    *task
	g       chan int // what its goroutine receives from; nil: it has none
	free    bool
}

type awaiter interface{ ready() bool }

// future is an awaiter that some task will complete.
type future[T any] struct {
	name   string
	server atomic.Pointer[task]
	value  T
}

func (f *future[T]) ready() bool { return false }

// lock is an awaiter that a task has.
type lock struct{ holder *task }

func (l *lock) ready() bool { return l.holder == nil }

func (t *task) ready() bool { return t.state.Load() == 2 }

type group struct {
	name    string
	owner   *task
	members map[int]*task
	left    int64
}

func (g *group) ready() bool { return g.left == 0 }

type scheduler struct {
	all   []*task
	byID  map[string]*task
	rings *task
	boxes sync.Map
	queue *list.List
}

var sched = &scheduler{byID: map[string]*task{}, queue: list.New()}

var never = make(chan int)

//go:noinline
func compute(in chan int) { <-in }

func newTask(id int, label string, parent *task) *task {
	t := &task{id: id, label: &label, parent: parent}
	t.state.Store(1)
	return t
}

func main() {
	serve := newTask(1, "serve", nil)
	fetch, parse := newTask(2, "fetch", serve), newTask(3, "parse", serve)
	requests := &group{name: "requests", owner: serve, members: map[int]*task{2: fetch, 3: parse}, left: 2}
	fetch.in, parse.in = requests, requests
	serve.waiting = requests
	answer := &future[string]{name: "answer"}
	answer.server.Store(parse)
	fetch.waiting = answer
	work := newTask(7, "compute", parse)
	work.g = make(chan int)
	go compute(work.g)
	parse.waiting = work

	left, right := newTask(4, "left", nil), newTask(5, "right", nil)
	left.waiting, right.waiting = &lock{right}, &lock{left}

	last := newTask(6, "last", nil)
	last.state.Store(2)
	for i := range 40 { // more than one group of a map
		free := newTask(99, "free", nil)
		free.free = true
		sched.byID[string(rune('a'+i))] = free
	}
	sched.byID["last"] = last

	ring, second := newTask(8, "ring", nil), newTask(11, "second", nil)
	ring.next, second.next = second, ring
	sched.rings = ring
	for i := range 40 {
		free := newTask(99, "free", nil)
		free.free = true
		sched.boxes.Store(i, free)
	}
	sched.boxes.Store("boxed", newTask(9, "boxed", nil))
	sched.queue.PushBack("no task")
	sched.queue.PushBack(newTask(10, "queued", nil))
	sched.all = []*task{serve, nil, left, right, work}

	ready.When(ready.Parked(1, "chan receive", "main.compute"))
	<-never
}
