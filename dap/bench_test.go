package dap_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// looping is a program to step through, with many goroutines beside it.
const looping = `package main

import (
	"os"
	"strconv"
)

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	for range n {
		go func() { select {} }()
	}
	sum := 0
	for {
		sum++
		sum ^= 7
		sum--
	}
}
`

// BenchmarkStep compares a step here with one under Delve's own adapter, in
// turns: from the request to the stop, and with what VS Code then asks for.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{10, 1_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := module(b, map[string]string{"go.mod": "module example.com/looping\n\ngo 1.22\n", "main.go": looping})
			begin := func(cmd *exec.Cmd) *stepper {
				s := &stepper{client: started(b, cmd).connect(b)}
				s.begin("launch", map[string]any{"mode": "debug", "program": ".", "dlvCwd": dir, "args": []string{strconv.Itoa(n)}, "env": plain})
				path := filepath.Join(dir, "main.go")
				call[*godap.SetBreakpointsResponse](s.client, "setBreakpoints", map[string]any{
					"source": map[string]any{"path": path}, "breakpoints": []any{map[string]any{"line": lineOf(b, path, "sum++")}},
				})
				s.stoppedOnEntry()
				call[*godap.SetBreakpointsResponse](s.client, "setBreakpoints", map[string]any{
					"source": map[string]any{"path": path}, "breakpoints": []any{},
				})
				return s
			}
			theirs, ours := begin(exec.Command(delvesOwn())), begin(exec.Command(binary(), "dap"))
			for _, s := range []*stepper{theirs, ours} {
				s.step()
				s.look()
				s.step()
			}
			theirs.stepping, ours.stepping = 0, 0
			b.ResetTimer()
			for range b.N {
				theirs.step()
				ours.step()
			}
			b.ReportMetric(float64(ours.stepping)/float64(theirs.stepping), "x-step")
			theirs.stepping, ours.stepping = 0, 0
			for range b.N {
				for _, s := range []*stepper{theirs, ours} {
					s.step()
					begin := time.Now()
					s.look()
					s.stepping += time.Since(begin)
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(ours.stepping)/float64(theirs.stepping), "x-step+panel")
			b.ReportMetric(float64(ours.stepping.Microseconds())/float64(b.N)/1000, "ms/step+panel")
			theirs.disconnect(nil)
			ours.disconnect(nil)
		})
	}
}

// stepper is a client that takes the time.
type stepper struct {
	*client
	stepping time.Duration
}

func (s *stepper) step() {
	begin := time.Now()
	call[*godap.NextResponse](s.client, "next", map[string]any{"threadId": 1})
	event[*godap.StoppedEvent](s.client)
	s.stepping += time.Since(begin)
	s.events = nil
}

// look asks for what VS Code shows after a stop.
func (s *stepper) look() {
	s.threads()
	top := s.stack(1, 0, 1)
	s.stack(1, 1, 19)
	scopes := call[*godap.ScopesResponse](s.client, "scopes", map[string]any{"frameId": top[0].Id}).Body.Scopes
	s.variables(scopes[0].VariablesReference)
}

// BenchmarkMany is what a client waits for in a program of 100,000 goroutines.
func BenchmarkMany(b *testing.B) {
	tg := testtarget.Start(b, testtarget.Build(b, "manyg", testtarget.Options{}), "100000")
	took := map[string]time.Duration{}
	timed := func(what string, do func()) {
		begin := time.Now()
		do()
		took[what] += time.Since(begin)
	}
	for range b.N {
		c := listening(b).connect(b)
		c.begin("attach", map[string]any{"mode": "local", "processId": tg.PID, "stopOnEntry": true})
		c.stoppedOnEntry()
		var threads []godap.Thread
		timed("ms/threads-first", func() { threads = c.threads() })
		timed("ms/threads", func() { c.threads() })
		other := threads[len(threads)/2].Id
		timed("ms/stack-first", func() { c.stack(other, 0, 20) })
		timed("ms/stack", func() { c.stack(other, 0, 20) })
		c.disconnect(nil)
	}
	for what, t := range took {
		b.ReportMetric(float64(t.Microseconds())/1000/float64(b.N), what)
	}
}
