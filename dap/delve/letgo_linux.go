package delve

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-delve/delve/pkg/proc"
)

// mostTraps bounds the signals that are taken from a process before it is let
// go. Each of its threads may have one, and so may the process.
const mostTraps = 10_000

// Settle takes from a stopped process that was attached to what would end or
// stop it once Delve lets go of it: Delve stops a process with a SIGTRAP for
// the process and a SIGSTOP for each of its threads, and what it did not need,
// as a breakpoint was hit at the same time, is still pending.
func (d *Debuggee) Settle() error {
	if d.debugger.AttachPid() == 0 {
		return nil
	}
	group, unlock := d.debugger.LockTargetGroup()
	defer unlock()
	for targets := (proc.ValidTargets{Group: group}); targets.Next(); {
		if err := settle(group, targets.Target); err != nil {
			return err
		}
	}
	return nil
}

func settle(group *proc.TargetGroup, target *proc.Target) error {
	for range mostTraps {
		thread, own := trapped(target)
		if thread == nil {
			return flushStops(target)
		}
		// A thread that is to execute one instruction gets its signals
		// first, and stands again: nothing is executed, and no other runs.
		if err := target.SwitchThread(thread.ThreadID()); err != nil {
			return err
		}
		group.Selected = target
		if err := group.StepInstruction(false); err != nil {
			return err
		}
		if own { // it may have executed a breakpoint: back to before it
			if err := thread.SetCurrentBreakpoint(true); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("process %d has no end of pending traps", target.Pid())
}

// trapped returns a thread that would get a SIGTRAP if it ran; own: one that
// is for it alone. nil: there is none.
func trapped(target *proc.Target) (thread proc.Thread, own bool) {
	for _, t := range target.ThreadList() {
		private, shared := pending(target.Pid(), t.ThreadID())
		if private.has(syscall.SIGTRAP) {
			return t, true
		}
		if shared.has(syscall.SIGTRAP) {
			return t, false
		}
	}
	return nil, false
}

// flushStops has the kernel forget pending stops: a SIGCONT does.
func flushStops(target *proc.Target) error {
	for _, t := range target.ThreadList() {
		if private, shared := pending(target.Pid(), t.ThreadID()); (private | shared).has(syscall.SIGSTOP) {
			return syscall.Kill(target.Pid(), syscall.SIGCONT)
		}
	}
	return nil
}

// signals is a set of signals as the kernel writes it.
type signals uint64

func (s signals) has(signal syscall.Signal) bool { return s>>(signal-1)&1 != 0 }

// pending are the signals that wait for a thread alone, and for any of its
// process: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html. Of a
// thread that is not there, none do.
func pending(pid, tid int) (private, shared signals) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/status", pid, tid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		set, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		switch {
		case err != nil:
		case name == "SigPnd":
			private = signals(set)
		case name == "ShdPnd":
			shared = signals(set)
		}
	}
	return private, shared
}
