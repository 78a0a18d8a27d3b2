// Package ready lets a target program say READY at the right moment: when its own
// runtime.Stack shows every goroutine where the program wants it, and none moving.
//
// One goroutine, in ready.serve, looks and then answers the lines that come
// on standard input:
//
//	ping     pong
//	stack    runtime.Stack(buf, true)
//	time     how long that took, in nanoseconds, and how many bytes it gave
//	other    nothing; what Command("other") or Last("other") returned is closed
//
// An answer is a line "ANSWER n" and n bytes. The program ends with its
// standard input.
package ready

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Want is a number of goroutines in one place.
type Want struct {
	n           int
	state, what string
}

// Parked wants n goroutines that stand in the given state (as runtime.Stack
// names it; several names, for several Go releases, are separated by "|")
// with the function among their frames.
func Parked(n int, state, function string) Want { return Want{n, state, function} }

// When says READY once all that is wanted stands and nothing else moves (see reached),
// and then serves. It returns at once: what is wanted may be of the caller itself.
// Until READY is said the process cannot end of all goroutines being asleep, and
// neither after: serving is a system call.
func When(wants ...Want) {
	go serve(wants, true)
}

// WhenMoving is When for a program that does not come to rest: what is not wanted may
// be anywhere. One of whose goroutines some run for good, and the others rest, can
// want those that run, "running|runnable", of When instead.
func WhenMoving(wants ...Want) {
	go serve(wants, false)
}

// Command returns a channel that is closed when the command arrives.
func Command(name string) <-chan struct{} { return expect(name, false) }

// Last is Command for the last command: after it nothing is answered, and no
// goroutine of this package is left. All goroutines may be asleep then.
func Last(name string) <-chan struct{} { return expect(name, true) }

type command struct {
	arrived chan struct{}
	last    bool
}

var (
	mu       sync.Mutex
	commands = map[string]command{}
)

func expect(name string, last bool) <-chan struct{} {
	mu.Lock()
	defer mu.Unlock()
	c := command{make(chan struct{}), last}
	commands[name] = c
	return c.arrived
}

// Await returns once all that is wanted stands. The rest may be on its way.
func Await(wants ...Want) {
	await(wants, false)
}

// serve waits for what is wanted, says so, and answers.
func serve(wants []Want, rest bool) {
	await(wants, rest)
	os.Stdout.WriteString("READY\n")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if last := answer(lines.Text()); last {
			return
		}
	}
	os.Exit(0)
}

func answer(line string) (last bool) {
	var text []byte
	switch line {
	case "ping":
		text = []byte("pong")
	case "stack":
		text = stack(nil)
	case "time":
		buf := stack(nil) // large enough, and touched
		begin := time.Now()
		n := runtime.Stack(buf, true)
		text = fmt.Appendf(nil, "%d %d", time.Since(begin).Nanoseconds(), n)
	default:
		mu.Lock()
		defer mu.Unlock()
		c, ok := commands[line]
		if ok {
			delete(commands, line)
			close(c.arrived)
		}
		return c.last
	}
	fmt.Printf("ANSWER %d\n", len(text))
	os.Stdout.Write(text)
	return false
}

func await(wants []Want, rest bool) {
	var buf []byte
	for {
		buf = stack(buf)
		if reached(buf, wants, rest) {
			return
		}
		// A timer, so as not to keep a processor that those awaited need.
		time.Sleep(time.Millisecond)
	}
}

// stack returns the stacks of all goroutines, in buf when it is large enough.
func stack(buf []byte) []byte {
	buf = buf[:cap(buf)]
	for {
		if n := runtime.Stack(buf, true); n < len(buf) {
			return buf[:n]
		}
		buf = make([]byte, max(1<<16, 2*len(buf)))
	}
}

// reached reports whether all that is wanted stands; with rest, whether what is not
// wanted waits as well, and neither runs, could run, nor is in a system call: but for
// the goroutine that asks, which is the first. One that waits for the network may not
// have been told yet what came, so what the network is to bring has to be wanted.
func reached(dump []byte, wants []Want, rest bool) bool {
	found := make([]int, len(wants))
	for n, g := range bytes.Split(dump, []byte("\n\n")) {
		state, wanted := state(g), false
		for i, w := range wants {
			if w.is(state) && calls(g, w.what) {
				found[i]++
				wanted = true
			}
		}
		if rest && n > 0 && !wanted && moves(state) && !calls(g, "os/signal.loop") {
			return false
		}
	}
	for i, w := range wants {
		if found[i] != w.n {
			return false
		}
	}
	return true
}

func calls(g []byte, function string) bool { return bytes.Contains(g, []byte("\n"+function+"(")) }

// moves reports whether a goroutine in this state may soon be in another without
// anything happening: all but those that wait.
func moves(state string) bool {
	state, _, _ = strings.Cut(state, " (scan)")
	switch state {
	case "running", "runnable", "preempted", "copystack", "syscall", "GC assist wait", "GC assist marking":
		return true
	}
	return false
}

func (w Want) is(state string) bool {
	for _, s := range strings.Split(w.state, "|") {
		if s == state {
			return true
		}
	}
	return false
}

// state returns what stands in the brackets of a goroutine's first line, up
// to the first comma.
func state(g []byte) string {
	_, rest, _ := bytes.Cut(g, []byte(" ["))
	rest, _, _ = bytes.Cut(rest, []byte("]"))
	rest, _, _ = bytes.Cut(rest, []byte(","))
	return string(rest)
}
