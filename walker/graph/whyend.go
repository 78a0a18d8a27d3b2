package graph

import (
	"slices"
	"strings"
)

// End is why a chain of waits goes on no further.
type End uint8

// The ends of a chain of waits.
const (
	EndRuns           End = iota + 1 // the task runs, or could: nothing is wrong with it
	EndEnded                         // the task has ended: who waits for it is about to go on
	EndCancelling                    // a cancellation of the task is on its way
	EndTimer                         // it goes on by itself, at a time that is known or will come
	EndOutside                       // someone outside of this process has to act: the network, the kernel, another process
	EndFree                          // what is waited for is there already: it is about to go on
	EndNever                         // nothing can ever end the wait
	EndHolderUnknown                 // who has the resource, or could serve the wait, is not known
	EndMembersUnknown                // members of the group were not found
	EndMissing                       // a task that is not in the snapshot: it ended, or was not read
	EndUnknown                       // what is waited for is not known
	EndCut                           // it goes on, and was not followed
	EndCircle                        // it comes back to where it was: of a [Cause]
)

var endNames = []string{"", "runs", "ended", "cancelling", "timer", "outside", "free", "never",
	"holder-unknown", "members-unknown", "missing", "unknown", "cut", "circle"}

// String returns the end's name, as JSON has it; "" for none.
func (e End) String() string { return name(endNames, e) }

var linkNames = []string{"", "task", "member", "holder", "branch", "end"}

// String returns the kind's name, as JSON has it; "" for none.
func (k LinkKind) String() string { return name(linkNames, k) }

// endOf says why a chain ends at a task whatever its waits are; 0: they say
// where it goes on.
func endOf(t *Task) End {
	switch t.State {
	case StateRunning, StateRunnable, StateCreated:
		return EndRuns
	case StateDone, StateFailed, StateCancelled:
		return EndEnded
	}
	switch {
	case t.Cancel != nil && t.Cancel.Pending:
		return EndCancelling
	case len(t.Waits) > 0:
		return 0
	case t.State == StateBlocked:
		return EndOutside
	}
	return EndUnknown
}

// outsideKinds are the kinds of wait, and of what is waited on, that something
// outside of the process ends, where no task is known to.
var outsideKinds = map[string]bool{
	string(WaitNetwork): true, string(WaitFile): true, string(WaitSyscall): true,
	string(WaitStream): true, string(WaitSubprocess): true,
	"fd": true, "process": true,
}

// endOfWait says why a chain ends at a wait that leads to no task.
func (s *Snapshot) endOfWait(wait *Wait) End {
	g, r := s.Group(wait.Group), s.Resource(wait.Resource)
	switch {
	case wait.Kind == WaitForever:
		return EndNever
	case wait.fromPeer():
		return EndOutside
	case outsideKinds[string(wait.Kind)] || r != nil && outsideKinds[r.Kind]:
		return EndOutside
	case wait.Kind == WaitSleep || wait.Kind == WaitTimer || r != nil && endsByItself(r):
		return EndTimer
	case r != nil && r.Kind == kindUnknown:
		return EndMissing
	case g != nil && g.Outstanding == 0:
		return EndFree
	case g != nil:
		return EndMembersUnknown
	case r != nil && isFree(wait, r):
		return EndFree
	case r != nil:
		return EndHolderUnknown
	}
	return EndUnknown
}

// isFree reports that a lock says of itself that nobody has it, or a channel
// that what is waited for is there.
func isFree(wait *Wait, r *Resource) bool {
	for _, a := range r.Detail {
		switch {
		case a.Key == "locked" && a.Value == false && wait.Kind != WaitRWMutexWrite && wait.Kind != WaitRWMutexRead,
			a.Key == "set" && a.Value == true && wait.Kind == WaitEvent,
			a.Key == "closed" && a.Value == true && (wait.Kind == WaitChanReceive || wait.Kind == WaitChanSend):
			return true
		}
	}
	return false
}

// fromPeers are the phases, behind the name of the library, of who waits for what the
// far end of a connection is to do. It comes by way of a task that reads the
// connection for all, over a channel or a Cond that says nothing of that.
var fromPeers = []string{"waiting for the response", "reading the response's body", "waiting for a message", "waiting for room to send", "opening a connection"}

// fromPeer tells whether someone outside of the process has to act for a wait to end.
func (w *Wait) fromPeer() bool {
	_, what, _ := strings.Cut(w.Phase, ": ")
	return what != "" && slices.ContainsFunc(fromPeers, func(p string) bool { return strings.HasPrefix(what, p) })
}

// owed reports whether any of the ways in which a wait may end leads to a task.
func (s *Snapshot) owed(w *Wait) bool {
	return findWait([]Wait{*w}, func(w *Wait) bool {
		r := s.Resource(w.Resource)
		return w.Task != "" || s.Group(w.Group) != nil || r != nil && len(s.owedBy(r)) > 0
	}) != nil
}
