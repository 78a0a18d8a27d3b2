package golang

import "github.com/dlv-async/dlv-async/walker/golang/pclntab"

// readRunning finds where the goroutines stand that are on a CPU: their g's
// scheduling state is old, and their thread's registers have what is true.
//
// A thread is on its goroutine's stack; or on its own stack, g0, for the
// runtime's business, and has saved where it left the goroutine's in
// g.sched; or there to ask the kernel's vDSO for the time, and has saved that
// in m.vdsoPC and m.vdsoSP (those of the call's caller); or in a signal
// handler, on the stack gsignal, where the kernel left the interrupted registers.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/sys_linux_amd64.s#L223
func (c *collection) readRunning() {
	byM := map[uint64][]*goroutine{}
	var ms []uint64
	for _, g := range c.unparked {
		if g.m != 0 {
			byM[g.m] = append(byM[g.m], g)
			ms = append(ms, g.m)
		}
	}
	l := &c.lay.m
	signals := map[uint64][]*goroutine{} // by gsignal
	c.each(ms, l.size, func(addr uint64, b []byte) {
		for _, g := range byM[addr] {
			g.thread = int32(l.procid.of(b))
			if g.status != gRunning {
				continue
			}
			regs, vdsoSP := c.threads[int(g.thread)], l.vdsoSP.of(b)
			switch sp := regs.SP(); {
			case vdsoSP >= g.lo && vdsoSP < g.hi:
				g.pc, g.sp, g.bp = l.vdsoPC.of(b), vdsoSP, 0
			case regs == nil:
				g.own().fault = "it is running, and its thread's registers are not known"
			case sp >= g.lo && sp < g.hi:
				c.found(g, regs.PC(), sp, regs.FP())
			default:
				signals[l.gsignal.of(b)] = append(signals[l.gsignal.of(b)], g)
			}
		}
	})
	c.readInterrupted(signals)
}

// found notes the registers that a goroutine has, on its own stack. In gogo the
// thread has come to that, and is about to jump to where g.sched says, which it
// leaves as it is but for the stack pointer.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/asm_amd64.s#L442
//
// While it waits for a child that vfork made, its return address is in a register
// alone: where that was the child, which is on the same stack, has put its own, in the
// same function.
// https://github.com/golang/go/blob/go1.26.0/src/syscall/asm_linux_amd64.s#L16
func (c *collection) found(g *goroutine, pc, sp, bp uint64) {
	f, ok := c.tables.Func(pc)
	switch {
	case !ok || c.img.Arch != "amd64":
	case f.ID == pclntab.Gogo, f.Name == "gogo" && f.Flag&movesSP == movesSP: // what that jumps to
		g.sp, g.bp = sp, 0
		return
	case f.Name == "syscall.rawVforkSyscall":
		_, below := f.SPDelta(pc) // SP is where it was at the entry, or below
		if ret, err := c.read(sp-8, 8); !below && sp-8 >= g.lo && err == nil {
			g.pc, g.sp, g.bp = le.Uint64(ret), sp, 0
			return
		}
	}
	g.pc, g.sp, g.bp, g.interrupted = pc, sp, bp, true
}

// movesSP is what assembly has that the tables do not follow.
const movesSP = pclntab.Asm | pclntab.SPWrite

// maxSignalStack bounds a signal stack. The runtime's have 32 KB; those of
// threads that C made may be any size.
const maxSignalStack = 1 << 18

// readInterrupted finds, for goroutines whose threads are on another stack,
// whether that is the signal stack, and what the signal interrupted.
func (c *collection) readInterrupted(bySignal map[uint64][]*goroutine) {
	var addrs []uint64
	for a := range bySignal {
		addrs = append(addrs, a)
	}
	c.each(addrs, c.lay.g.size, func(addr uint64, b []byte) {
		lo, hi := c.lay.g.lo.of(b), c.lay.g.hi.of(b)
		for _, g := range bySignal[addr] {
			sp := c.threads[int(g.thread)].SP()
			if sp < lo || sp >= hi || hi-sp > maxSignalStack {
				g.leftFor("its thread is on a stack of its own")
				continue
			}
			stack, err := c.read(sp, int(hi-sp))
			if err != nil {
				g.own().fault = "it is in a signal handler, whose stack could not be read"
				continue
			}
			if !c.resume(g, stack, lo, hi) {
				g.own().fault = "it is in a signal handler, and what that interrupted was not found"
			}
		}
	})
}

// leftFor tells of a goroutine whose thread is on another stack that it stands
// where it left, in g.sched, if there is that: what goes to C for the race detector
// says nothing, and then g.sched is empty or that of a system call long over.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/race_amd64.s#L434
func (g *goroutine) leftFor(where string) {
	if g.sp == 0 {
		g.own().fault = where + ", and where it left the goroutine's is not noted"
	}
}

// What the kernel pushes for a handler on amd64: a ucontext, in which uc_stack
// {ss_sp, ss_flags, ss_size} names the signal stack itself, and after it the
// registers in the order of sigcontext. See sigreturn(2) and the kernel's
// arch/x86/include/uapi/asm/sigcontext.h.
const (
	sigRBP = 10
	sigRSP = 15
	sigRIP = 16
)

// resume takes the goroutine's registers from the ucontext on a signal stack,
// and tells whether there is one. If the signal came while the thread was on
// g0, the goroutine stands where it left, in g.sched.
func (c *collection) resume(g *goroutine, stack []byte, lo, hi uint64) bool {
	for i := 0; i+(3+sigRIP+1)*8 <= len(stack); i += 8 {
		if le.Uint64(stack[i:]) != lo || le.Uint64(stack[i+16:]) != hi-lo {
			continue
		}
		regs := stack[i+24:]
		switch sp := word(regs, sigRSP); {
		case sp >= lo && sp < hi:
			continue // a signal that came while another was being handled
		case sp >= g.lo && sp < g.hi:
			c.found(g, word(regs, sigRIP), sp, word(regs, sigRBP))
		default:
			g.leftFor("its thread is in a signal handler that came upon a stack of its own")
		}
		return true
	}
	return false
}
