package dlvext

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// runningThreads lists the threads of a process that was not stopped. Of
// those that sleep in the kernel, /proc says where, and in which system call.
func (c *capture) runningThreads() []Thread {
	ids, err := threadIDs(c.pid)
	if err != nil {
		return nil
	}
	threads := make([]Thread, 0, len(ids))
	for _, tid := range ids {
		threads = append(threads, sleepingThread(c.pid, tid))
	}
	return threads
}

// sleepingThread is a thread with what /proc says of where it stands, if it sleeps
// in the kernel.
func sleepingThread(pid, tid int) Thread {
	t := Thread{TID: tid}
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/syscall", pid, tid)); err == nil {
		t.Regs = sleepingRegisters(string(text))
		t.Partial = t.Regs != nil
	}
	return t
}

// sleepingRegisters takes what /proc/PID/task/TID/syscall says: "202 0x59d748 0x80
// 0x0 0x0 0x0 0x0 0x7ffeee9cf7c8 0x47ee03", the call's number and arguments, the
// stack pointer and the program counter; "-1 SP PC" for a thread that sleeps
// outside a system call, "running" for one that does not.
func sleepingRegisters(text string) Registers {
	fields := strings.Fields(text)
	if len(fields) < 3 {
		return nil
	}
	sp, err1 := strconv.ParseUint(fields[len(fields)-2], 0, 64)
	pc, err2 := strconv.ParseUint(fields[len(fields)-1], 0, 64)
	if err1 != nil || err2 != nil {
		return nil
	}
	switch runtime.GOARCH {
	case "amd64":
		regs := make(Registers, amd64Words)
		regs[amd64RIP], regs[amd64RSP] = pc, sp
		regs.setSyscall(fields[:len(fields)-2])
		return regs
	case "arm64":
		regs := make(Registers, arm64Words)
		regs[arm64PC], regs[arm64SP] = pc, sp
		return regs
	}
	return nil
}

// listed names some threads.
func listed(tids []int) string {
	const most = 8
	var words []string
	for _, tid := range tids[:min(len(tids), most)] {
		words = append(words, strconv.Itoa(tid))
	}
	if more := len(tids) - most; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, ", ")
}
