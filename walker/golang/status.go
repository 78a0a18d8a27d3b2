package golang

import "github.com/dlv-async/dlv-async/walker/graph"

// The values of g.atomicstatus:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L18
const (
	gIdle      = 0
	gRunnable  = 1
	gRunning   = 2
	gSyscall   = 3
	gWaiting   = 4
	gDead      = 6
	gCopystack = 8
	gPreempted = 9
	gLeaked    = 10 // waiting, and reported by the goroutine leak profile; since 1.26
	gDeadExtra = 11 // a dead one kept for cgo callbacks; since 1.26

	gScan = 0x1000 // set while the collector scans the stack
)

// alive tells a goroutine from a g that has ended, and waits to be used again.
func alive(status uint32) bool {
	switch status {
	case gRunnable, gRunning, gSyscall, gWaiting, gCopystack, gPreempted, gLeaked:
		return true
	}
	return false
}

// parked tells whether a goroutine of that status is suspended on a wait reason.
func parked(status uint32) bool { return status == gWaiting || status == gLeaked }

// state is what the model calls the status.
func state(status uint32) graph.State {
	switch status {
	case gRunnable, gPreempted:
		return graph.StateRunnable
	case gRunning, gCopystack:
		return graph.StateRunning
	case gSyscall:
		return graph.StateBlocked
	case gWaiting, gLeaked:
		return graph.StateWaiting
	}
	return graph.StateUnknown
}
