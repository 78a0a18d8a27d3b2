// Program syscalls has goroutines whose threads are in the kernel or in C.
//
// A correct reader says, of the goroutine in
//
//	lock      in the system call flock, of the descriptor that it opened
//	fifo      in the system call openat: nobody opens the other end
//	child     in the system call wait4, of the process that it started
//	sleepInC  (with cgo and an argument) in C code, in the function pause
package main

import (
	"os"
	"syscall"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func lock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

//go:noinline
func fifo() { _, _ = os.OpenFile("fifo", os.O_WRONLY, 0) }

// child starts this program once more, which ends when this one does.
//
//go:noinline
func child() {
	in, out, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	p, err := os.StartProcess(exe, []string{exe, "child"}, &os.ProcAttr{Files: []*os.File{in}})
	if err != nil {
		panic(err)
	}
	_, _ = syscall.Wait4(p.Pid, nil, 0, nil)
	_ = out.Close()
}

func open() *os.File {
	f, err := os.OpenFile("file", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		panic(err)
	}
	return f
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	lock(open())
	if err := syscall.Mkfifo("fifo", 0o600); err != nil {
		panic(err)
	}
	go lock(open())
	go fifo()
	go child()
	wants := []ready.Want{
		ready.Parked(1, "syscall", "main.lock"),
		ready.Parked(1, "syscall", "main.fifo"),
		ready.Parked(1, "syscall", "syscall.Wait4"),
		ready.Parked(1, "chan receive", "main.main"),
	}
	if sleepInC != nil && len(os.Args) > 1 {
		go sleepInC()
		wants = append(wants, ready.Parked(1, "syscall", "main.pause"))
	}
	ready.When(wants...)
	<-never
}
