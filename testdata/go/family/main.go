// Program family starts two processes of its own program and one of cat.
//
// A correct reader of the whole family says that
//
//	the first child has a goroutine that waits for a job
//	the second child has one that waits for an errgroup which it is a member of
//	cat has no runtime that could be read, which costs nobody else
package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sync/errgroup"

	"example.com/targets/ready"
)

var (
	jobs  = make(chan int)
	never = make(chan int)
)

//go:noinline
func work() { <-jobs }

//go:noinline
func waitForItself() {
	var g errgroup.Group
	g.Go(func() error { return g.Wait() })
	_ = g.Wait()
}

// start starts a program that ends with this one: by its standard input, and
// however this one ends. It is called on the main thread.
func start(name string, args ...string) (io.WriteCloser, *bufio.Reader) {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		panic(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		panic(err)
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return in, bufio.NewReader(out)
}

func init() { runtime.LockOSThread() }

func main() {
	role := "parent"
	if len(os.Args) > 1 {
		role = os.Args[1]
	}
	switch role {
	case "worker":
		go work()
		ready.When(ready.Parked(1, "chan receive", "main.work"))
	case "stuck":
		go waitForItself()
		ready.When(
			ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.waitForItself"),
			ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.waitForItself.func1"),
		)
	default:
		exe, err := os.Executable()
		if err != nil {
			panic(err)
		}
		var inputs []io.Closer
		for _, role := range []string{"worker", "stuck"} {
			in, out := start(exe, role)
			inputs = append(inputs, in)
			if line, err := out.ReadString('\n'); err != nil || line != "READY\n" {
				panic(line)
			}
		}
		in, out := start("cat")
		inputs = append(inputs, in)
		if _, err := in.Write([]byte("\n")); err != nil {
			panic(err)
		}
		if _, err := out.ReadString('\n'); err != nil {
			panic(err)
		}
		ready.When(ready.Parked(1, "chan receive", "main.main"))
		<-never
		for _, in := range inputs {
			in.Close()
		}
	}
	<-never
}
