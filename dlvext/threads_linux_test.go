package dlvext

import (
	"runtime"
	"testing"
)

// What /proc says of a thread that sleeps in a system call is what it is in, and
// nothing is made up of one that sleeps elsewhere.
func TestSleepingRegisters(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the registers are those of amd64")
	}
	for text, want := range map[string]Syscall{
		"258 0xffffffffffffff9c 0x1ed 0x3 0x4 0x5 0x6 0x7ffeee9cf7c8 0x47ee03": {Number: 258, Name: "mkdirat", Args: [6]uint64{0xffffffffffffff9c, 0x1ed, 3, 4, 5, 6}},
		"1 0x9 0x0 0x0 0x0 0x0 0x0 0x7ffeee9cf7c8 0x47ee03":                    {Number: 1, Name: "write", Args: [6]uint64{9}},
	} {
		regs := sleepingRegisters(text)
		if call, ok := regs.Syscall(); !ok || call != want || regs.PC() != 0x47ee03 || regs.SP() != 0x7ffeee9cf7c8 {
			t.Errorf("%q: %+v, %v, %#x, %#x", text, call, ok, regs.PC(), regs.SP())
		}
	}
	for _, text := range []string{"-1 0x7ffeee9cf7c8 0x47ee03", "x 0x9 0x0 0x0 0x0 0x0 0x0 0x7ffeee9cf7c8 0x47ee03"} {
		regs := sleepingRegisters(text)
		if call, ok := regs.Syscall(); ok || regs.PC() != 0x47ee03 {
			t.Errorf("%q is said to be in %+v, at %#x", text, call, regs.PC())
		}
	}
	if regs := sleepingRegisters("running"); regs != nil {
		t.Errorf("a running thread has registers: %v", regs)
	}
}
