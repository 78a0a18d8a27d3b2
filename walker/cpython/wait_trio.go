package cpython

import (
	"cmp"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// trioWaits are the functions that call wait_task_rescheduled
// (https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_core/_traps.py#L115).
var trioWaits = []awaitable{
	{[]string{"trio._core._run.Nursery._nested_child_finished"}, onNursery},
	{[]string{"trio._core._parking_lot.ParkingLot.park"}, onParkingLot},
	{[]string{"trio._sync.Event.wait"}, onTrioEvent},
	{[]string{"trio._channel.MemorySendChannel.send"}, onChannel(graph.WaitQueuePut, "trio memory channel")},
	{[]string{"trio._channel.MemoryReceiveChannel.receive"}, onChannel(graph.WaitQueueGet, "trio memory channel")},
	{[]string{"trio._core._io_epoll.EpollIOManager._epoll_wait"}, onEpoll},
	{[]string{"trio._timeouts.sleep_forever"}, onTrioSleep},
	{[]string{"trio._threads.to_thread_run_sync"}, onTrioThread},
	{[]string{"trio._core._entry_queue.EntryQueue.task"}, onEntryQueue},
	{[]string{"trio_asyncio._util.run_aio_future"}, onAioFuture},
}

// trioWaitOf describes what a task of Trio waits for.
func (w *walk) trioWaitOf(t *task) graph.Wait {
	i := 0
	for i < len(t.frames) && strings.HasPrefix(t.frames[i].Func, trioTraps) {
		i++
	}
	wait := graph.Wait{Frame: int32(i)}
	if i == 0 || i == len(t.frames) { // those that it waits in could not be read
		return graph.Wait{Kind: graph.WaitUnknown, Text: "parked by Trio"}
	}
	if a := byFunction[t.frames[i].Func]; a != nil {
		a.describe(w, w.standing(t, i), &wait)
	}
	if wait.Kind == "" { // something of a library's own
		wait.Kind, wait.Text = graph.WaitUnknown, "trio.lowlevel.wait_task_rescheduled in "+t.frames[i].Func
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "the task's innermost frames"}
	}
	return wait
}

// onParkingLot: locks, semaphores, limiters and conditions have their tasks wait
// in lots; the frame around says what of
// (https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_sync.py).
func onParkingLot(w *walk, at standing, wait *graph.Wait) {
	user := at
	if at.index+1 < len(at.task.frames) {
		user = w.standing(at.task, at.index+1)
	}
	describe := w.trioPrimitive(user.self)
	if describe == nil {
		onSelf(graph.WaitCondition, "parking lot", noState)(w, at, wait)
		return
	}
	wait.Frame = int32(user.index)
	describe(w, user, wait)
}

// trioPrimitive is how to describe a wait for an object that has parking lots;
// nil for one that is not known.
func (w *walk) trioPrimitive(o object.Ref) func(*walk, standing, *graph.Wait) {
	if o == 0 {
		return nil
	}
	switch t := w.r.Type(o); {
	case t.Inherits("trio._sync._LockImpl"):
		return onTrioLock
	case t.Inherits("trio.Semaphore"):
		return onSelf(graph.WaitSemaphore, "semaphore", semaphoreState)
	case t.Inherits("trio.CapacityLimiter"):
		return onLimiter
	case t.Inherits("trio.Condition"):
		return onTrioCondition
	}
	return nil
}

func onTrioLock(w *walk, at standing, wait *graph.Wait) { w.onTrioLock(at.self, at, wait) }

func (w *walk) onTrioLock(lock object.Ref, at standing, wait *graph.Wait) {
	r := w.resource("lock", lock, trioLockState)
	wait.Kind, wait.Resource = graph.WaitLock, r.ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + at.frame.Func}
	w.heldBy(r.ID, "_owner", w.attr(lock, "_owner"))
}

func trioLockState(w *walk, o object.Ref) []graph.Attr {
	return []graph.Attr{{Key: "locked", Value: w.attr(o, "_owner") != 0}}
}

// onTrioCondition: who was notified waits for the condition's lock, in the same
// frames: notify moves it to the other lot.
func onTrioCondition(w *walk, at standing, wait *graph.Wait) {
	lock := w.attr(at.self, "_lock")
	if lot := w.attr(at.task.addr, "custom_sleep_data"); lot != 0 && lot == w.attr(lock, "_lot") {
		w.onTrioLock(lock, at, wait)
		return
	}
	onSelf(graph.WaitCondition, "condition", func(w *walk, o object.Ref) []graph.Attr {
		return trioLockState(w, w.attr(o, "_lock"))
	})(w, at, wait)
}

func onTrioEvent(w *walk, at standing, wait *graph.Wait) {
	if !onAnyioEvent(w, at, wait) {
		onSelf(graph.WaitEvent, "event", trioEventState)(w, at, wait)
	}
}

func trioEventState(w *walk, o object.Ref) []graph.Attr {
	set, ok := w.boolAttr(o, "_flag")
	if !ok {
		return nil
	}
	return []graph.Attr{{Key: "set", Value: set}}
}

// onChannel: both ends of a memory channel have one state
// (https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_channel.py#L113), as
// have those of AnyIO's memory streams
// (https://github.com/agronholm/anyio/blob/4.5.0/src/anyio/streams/memory.py#L44).
func onChannel(kind graph.WaitKind, name string) func(*walk, standing, *graph.Wait) {
	return func(w *walk, at standing, wait *graph.Wait) {
		state := w.attr(at.self, "_state")
		if state == 0 {
			return
		}
		r := w.resource("queue", state, channelState)
		r.Type = name
		wait.Kind, wait.Resource = kind, r.ID
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self._state of " + at.frame.Func}
	}
}

func channelState(w *walk, o object.Ref) (state []graph.Attr) {
	if n, ok := w.length(cmp.Or(w.attr(o, "data"), w.attr(o, "buffer"))); ok {
		state = append(state, graph.Attr{Key: "size", Value: n})
	}
	for _, a := range [...]struct{ key, name string }{
		{"max", "max_buffer_size"}, {"senders", "open_send_channels"}, {"receivers", "open_receive_channels"},
	} {
		if n, ok := w.intAttr(o, a.name); ok { // math.inf is a float: no bound
			state = append(state, graph.Attr{Key: a.key, Value: n})
		}
	}
	return state
}

// onEpoll: a descriptor is to become readable or writable. A socket's own method
// stands further out, or Process.wait, which waits for a descriptor too.
func onEpoll(w *walk, at standing, wait *graph.Wait) {
	wait.Kind, wait.Text = graph.WaitNetwork, "read"
	if w.str(w.fr.Local(at.frame, "attr_name")) == "write_task" {
		wait.Text = "write"
	}
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "fd of " + at.frame.Func}
	if w.onTrioProcess(at, wait) {
		return
	}
	for i := at.index + 1; i < len(at.task.frames); i++ {
		switch outer := w.standing(at.task, i); {
		case outer.self == 0:
		case w.isA(w.attr(outer.self, "_sock"), "_socket.socket"):
			wait.Resource, wait.Frame = w.resource("fd", outer.self, socketState).ID, int32(i)
			switch outer.frame.Code.Name {
			case "accept", "connect":
				wait.Text = outer.frame.Code.Name
			}
			return
		}
	}
	if fd, ok := w.r.Int(w.fr.Local(at.frame, "fd")); ok {
		r := w.b.Resource("fd", uint64(w.fr.Local(at.frame, "waiters")))
		r.Detail = []graph.Attr{{Key: "fd", Value: fd}}
		wait.Resource = r.ID
	}
}

// onTrioProcess: Process.wait waits for a descriptor, or has a thread wait where
// the system has none for processes.
func (w *walk) onTrioProcess(at standing, wait *graph.Wait) bool {
	for i := at.index + 1; i < len(at.task.frames); i++ {
		if o := w.fr.Self(at.task.frames[i]); w.isA(o, "trio.Process") || w.isA(o, "trio._subprocess.Process") {
			wait.Kind, wait.Text, wait.Frame = graph.WaitSubprocess, "", int32(i)
			wait.Resource = w.resource("process", o, trioProcessState).ID
			return true
		}
	}
	return false
}

func trioProcessState(w *walk, o object.Ref) (state []graph.Attr) {
	inner := w.attr(o, "_proc")
	if pid, ok := w.intAttr(inner, "pid"); ok {
		state = append(state, graph.Attr{Key: "pid", Value: pid})
	}
	if command := w.command(w.attr(inner, "args")); command != "" {
		state = append(state, graph.Attr{Key: "command", Value: command})
	}
	return state
}

// onTrioSleep: a sleep is to wait for nothing inside a scope with a deadline.
func onTrioSleep(w *walk, at standing, wait *graph.Wait) {
	wait.Kind = graph.WaitSleep
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "stands in " + at.frame.Func}
	scope := w.attr(w.attr(at.task.addr, "_cancel_status"), "_scope")
	if at.outer(1) != "trio._timeouts.sleep_until" || scope == 0 {
		wait.Text = "trio.sleep_forever"
		return
	}
	wait.Frame = int32(at.index) + 1
	r := w.b.Resource("timer", uint64(scope))
	if r.Type = "trio.CancelScope"; r.Detail == nil {
		if due, ok := w.trioDue(at.task.trio, scope); ok {
			r.Detail = []graph.Attr{{Key: "due_in_ms", Value: due}}
		}
	}
	wait.Resource = r.ID
	wait.Evidence.How = "the deadline of its cancel scope"
}

// onAioFuture: a task of Trio waits for one of asyncio, which runs in the same
// thread by trio-asyncio.
func onAioFuture(w *walk, at standing, wait *graph.Wait) {
	if o := w.some(w.fr.Local(at.frame, "future")); o != 0 {
		w.onFuture(o, wait)
		wait.Text, wait.Evidence.How = "trio_asyncio", "future of "+at.frame.Func
	}
}

// onEntryQueue: Trio's own task that runs what other threads ask for.
func onEntryQueue(_ *walk, _ standing, wait *graph.Wait) {
	wait.Kind, wait.Text = graph.WaitRuntime, "calls from other threads"
}
