// Program scattered has jobs that no variable of a package names: they are found
// on the heap alone. scattered.toml declares them, with the root "heap".
//
// A correct reader that has the heap says that
//
//	job:1 mapped     stands in a map of interfaces, of a structure that is not
//	                 exported, which a variable of main leads to
//	job:2 captured   is what a function captured that stands in another map, and
//	                 awaits job 1
//	job:3 bound      is what a method value is bound to
//	job:4 sent       lies in the buffer of a channel
//	job:5 inside     is a part of a value in a slice
//	passed           (6) is the argument of a goroutine, whose it is alone; it is
//	                 that goroutine, and awaits the gate "front", in whose method
//	                 that stands
//	job:7 shared     stands in a sync.Map, as a key
//	job:8 current    stands in an atomic.Pointer
//	job:9 kept       is behind an interface in a variable of a package that looks
//	                 like nothing of the kind
//	job:10 held      is a job itself in an interface
//	job:11 pinned    is in a large object, which only an unsafe.Pointer leads to: that it
//	                 is in use is a guess, as is that it awaits job 1
//	job:98           was forgotten, and is not there, nor is
//	job:99           to which only an unsafe.Pointer leads, and which is small
//
// and that it looked for no jobs where it does not have the heap.
package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"example.com/targets/ready"
)

type job struct {
	id      int
	label   string
	awaited *job
	wake    chan int // which its goroutine receives from
}

func (j *job) finish() { j.label += "!" }

func (j job) String() string { return j.label }

type stringer interface{ String() string }

type manager struct {
	byName   map[string]any
	handlers map[string]func()
	done     func()
	sent     chan *job
	records  []record
	shared   sync.Map
	current  atomic.Pointer[job]
	shown    stringer
	hidden   unsafe.Pointer
	wide     unsafe.Pointer
}

type board struct {
	scores [100]int
	jobs   [3]*job
}

type record struct {
	name string
	own  struct{ job job }
}

//go:noinline
func hide(b *board) unsafe.Pointer { return unsafe.Pointer(b) }

// settings look like nothing of the kind.
var settings = []any{"verbose", 7}

type refusals struct{ byName map[string]error }

type refusal struct{ of *job }

func (r refusal) Error() string { return r.of.label }

type gate struct{ name string }

//go:noinline
func (g *gate) pass(in chan int) {
	<-in
	g.name += "!"
}

//go:noinline
func work(j *job, g *gate) {
	g.pass(j.wake)
	j.finish()
}

//go:noinline
func run(m *manager, never chan int) {
	<-never
	runtime.KeepAlive(m)
}

func newManager() *manager {
	mapped := &job{id: 1, label: "mapped"}
	captured := &job{id: 2, label: "captured", awaited: mapped}
	m := &manager{
		byName:   map[string]any{"a word": "x", "mapped": mapped},
		handlers: map[string]func(){},
		sent:     make(chan *job, 4),
		records:  make([]record, 3),
		hidden:   unsafe.Pointer(&job{id: 99, label: "no type leads here"}),
	}
	m.wide = hide(&board{jobs: [3]*job{1: {id: 11, label: "pinned", awaited: mapped}}})
	m.handlers["captured"] = func() {
		defer captured.finish() // which keeps it from being inlined
		for range 3 {
			captured.awaited = nil
		}
	}
	m.done = (&job{id: 3, label: "bound"}).finish
	m.sent <- &job{id: 98, label: "was received"}
	<-m.sent
	m.sent <- &job{id: 4, label: "sent"}
	m.records[1].own.job = job{id: 5, label: "inside"}
	m.shared.Store(&job{id: 7, label: "shared"}, 1)
	m.current.Store(&job{id: 8, label: "current"})
	m.shown = job{id: 10, label: "held"}
	return m
}

func main() {
	settings = append(settings, &refusals{map[string]error{"no": refusal{&job{id: 9, label: "kept"}}}})
	never := make(chan int)
	go work(&job{id: 6, label: "passed", wake: make(chan int)}, &gate{"front"})
	m := newManager()
	ready.When(ready.Parked(1, "chan receive", "main.(*gate).pass"))
	run(m, never)
}
