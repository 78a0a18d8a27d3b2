package render

import (
	"github.com/dlv-async/dlv-async/walker/graph"
)

// What is shown of the causes where no limit was asked for.
const (
	mostCauses = 8
	mostChains = 3 // of those that no problem explains, have a chain
	mostIdle   = 8 // of those that nobody waits behind
)

// causes shows what the tasks of a process hang on in the end: first whether
// any is stuck, then each cause with how many hang on it and one chain that
// leads there; last the waits that nobody waits behind.
func (v *view) causes() error {
	v.terse = !v.o.Full
	limit := v.o.Limit
	if limit == 0 {
		limit = mostCauses
	}
	c := v.s.Causes(graph.CausesOptions{System: v.o.System, Examples: limit + mostIdle})
	v.header()
	v.shortfalls()
	v.blank()
	v.verdict(c)
	if tasks, words := v.beingServed(); len(tasks) > 0 {
		v.wrap(v.text(), v.indent(2), v.say(normal, "Being served: "+words).add(quiet, " (requests)"))
	}
	v.s = v.s.Whole() // what those that were picked hang on may not be among them
	var telling, idle []graph.Cause
	for _, cause := range c.List {
		if cause.Problem != nil || cause.Behind > 0 || v.lacksHolder(&cause) {
			telling = append(telling, cause)
		} else {
			idle = append(idle, cause)
		}
	}
	plain := 0 // shown so far, of those that no problem explains
	for i := range telling {
		if i == limit {
			break
		}
		explained := telling[i].Problem != nil
		if !explained {
			plain++
		}
		if explained || plain <= mostChains || v.o.Limit > 0 || v.o.Full {
			v.blank()
			v.cause(&telling[i], true)
			continue
		}
		if plain == mostChains+1 {
			v.blank()
		}
		v.cause(&telling[i], false)
	}
	if n := len(telling) - limit; n > 0 {
		v.blank()
		v.row(v.say(quiet, v.ellipsis+" "+count(n, "more cause")+" (--limit)"))
	}
	v.idlers(idle, max(mostIdle, v.o.Limit))
	if c.More > 0 {
		v.blank()
		v.wrap(v.text(), v.indent(2), v.say(quiet, v.ellipsis+" and "+count(c.More, "more cause")+", each of fewer tasks, that were not followed"))
	}
	if c.System > 0 {
		v.blank()
		v.wrap(v.text(), v.indent(2), v.say(quiet, count(c.System, "system task")+" "+be(c.System)+" hidden (--system)"))
	}
	return v.end()
}

// verdict says in one sentence how things stand.
func (v *view) verdict(c graph.Causes) {
	warned := 0
	for _, cause := range c.List {
		if p := cause.Problem; p != nil && p.Severity == graph.Warning && !p.Suppressed {
			warned = max(warned, cause.Waiting)
		}
	}
	doing := v.activities()
	switch {
	case c.Stuck > 0:
		probably, guessed := "", ""
		switch {
		case c.Sure == 0:
			probably = "probably "
		case c.Sure < c.Stuck:
			guessed = " (" + number(c.Stuck-c.Sure) + " of them by what is inferred)"
		}
		v.wrap(v.text(), v.indent(2), v.say(bad, number(c.Stuck)+" of "+count(c.Tasks, "task")+" "+be(c.Stuck)+" "+probably+"stuck").add(quiet, guessed))
	case c.Tasks == 0:
		v.row(v.say(strong, "There are no tasks"))
	case warned > 0:
		v.wrap(v.text(), v.indent(2), v.say(warn, "Nothing is known to be stuck").add(normal, ": "+doing+
			"; but "+count(warned, "task")+" "+verb(warned, "hangs", "hang")+" on what a warning is about"))
	default:
		v.wrap(v.text(), v.indent(2), v.say(strong, "Nothing is stuck").add(normal, ": "+doing))
	}
}

// cause shows one cause that a problem explains, or that others wait behind.
func (v *view) cause(c *graph.Cause, chain bool) {
	st := v.severity(c.Problem)
	line := v.say(st, v.mark(c.Problem)+" ").add(strong, count(c.Waiting, "task")).add(normal, verb(c.Waiting, " hangs on ", " hang on "))
	if p := c.Problem; p != nil {
		line.add(st, a(p.Code)).add(normal, ": "+p.Message)
		if p.Evidence.Confidence == graph.Inferred {
			line.add(quiet, " (inferred)")
		}
		if p.Suppressed {
			line.add(quiet, " (suppressed)")
		}
	} else {
		line.add(normal, v.causeName(c))
	}
	v.wrap(v.text(), v.indent(2), line)
	switch {
	case c.Example == nil || !chain:
	case c.Behind == 0 && c.End != graph.EndCircle:
		v.involved(c.Tasks, mostRows)
	default:
		v.chainBelow(c.Example, v.indent(4))
	}
}

// causeName is what a cause without a problem is, as a noun.
func (v *view) causeName(c *graph.Cause) string {
	t := v.s.Task(c.Tasks[0])
	if t == nil {
		return c.End.String()
	}
	n := &graph.Node{Task: t, Tasks: c.Tasks, Link: &graph.Link{Kind: graph.LinkEnd, End: c.End, Wait: c.Wait}}
	if c.End == graph.EndCircle {
		return "a circle of waits: " + v.who(n)
	}
	switch c.End {
	case graph.EndTimer, graph.EndOutside, graph.EndFree, graph.EndNever:
		does := v.doingAll(c.Tasks)
		if len(c.Tasks) == 1 {
			does = v.doing(t)
		}
		return v.who(n) + ": " + does.core + does.more
	case graph.EndHolderUnknown:
		if r := v.s.Resource(v.causeWait(c).Resource); r != nil && isLock(r.Kind) {
			return thing(r) + ", whose holder is not known"
		}
		if who := v.reached(n); who != "" {
			return v.who(n) + ": " + v.doingAll(c.Tasks).core + ", and " + who
		}
		return v.who(n) + ": " + v.doingAll(c.Tasks).core + ", and " + v.unserved(n) + " is not known"
	}
	return v.hook(n, &graph.Node{})
}

// lacksHolder reports that what the tasks hang on is a lock of an unknown
// holder: they do not wait by themselves.
func (v *view) lacksHolder(c *graph.Cause) bool {
	r := v.s.Resource(v.causeWait(c).Resource)
	return c.End == graph.EndHolderUnknown && r != nil && isLock(r.Kind)
}

func (v *view) causeWait(c *graph.Cause) *graph.Wait {
	if c.Wait == nil {
		return &graph.Wait{}
	}
	return c.Wait
}

// idlers lists the waits that nobody waits behind.
func (v *view) idlers(idle []graph.Cause, most int) {
	if len(idle) == 0 {
		return
	}
	n := 0
	for _, c := range idle {
		n += len(c.Tasks)
	}
	shown := idle[:min(len(idle), most)]
	v.blank()
	v.wrap(v.text(), v.indent(2), v.say(strong, count(n, "task")+verb(n, " waits", " wait")+" with nobody behind "+verb(n, "it", "them")))
	labels, places := v.aligned(len(shown), func(i int) (*graph.Task, []graph.TaskID) {
		return v.s.Task(shown[i].Tasks[0]), shown[i].Tasks
	})
	for _, c := range shown {
		if t := v.s.Task(c.Tasks[0]); t != nil {
			v.taskLine(t, c.Tasks, v.does(c.Tasks), labels, places, v.indent(2), v.indent(2))
		}
	}
	rest := 0
	for _, c := range idle[len(shown):] {
		rest += len(c.Tasks)
	}
	if rest > 0 {
		v.row(v.indent(2), v.say(quiet, v.ellipsis+" "+count(rest, "more task")+" at "+count(len(idle)-len(shown), "other place")+" (--limit)"))
	}
}

// activities says what the tasks do: 40 wait for the network, 1 sleeps.
func (v *view) activities() string {
	counts := map[doing]int{}
	for _, t := range v.s.Tasks {
		if v.o.System || !t.System {
			counts[wayOf(t)]++
		}
	}
	c := census{}
	for way, n := range counts {
		c[verb(n, way.one, way.several)] += n
	}
	return v.census(c)
}

// doing is what a task does, in words that go with a number.
type doing struct{ one, several string }

func waits(what string) doing { return doing{"waits " + what, "wait " + what} }

func wayOf(t *graph.Task) doing {
	if len(t.Waits) == 0 {
		switch t.State {
		case graph.StateRunning, graph.StateRunnable, graph.StateCreated:
			return doing{"runs", "run"}
		case graph.StateDone, graph.StateFailed, graph.StateCancelled:
			return doing{"has ended", "have ended"}
		case graph.StateUnknown:
			return doing{"in a state that is not known", "in a state that is not known"}
		}
		return waits("for what is not known")
	}
	switch w := &t.Waits[0]; w.Kind {
	case graph.WaitNetwork, graph.WaitStream:
		return waits("for the network")
	case graph.WaitSleep, graph.WaitTimer:
		return doing{"sleeps", "sleep"}
	case graph.WaitChanReceive, graph.WaitChanSend, graph.WaitSelect:
		return waits("on channels")
	case graph.WaitQueueGet, graph.WaitQueuePut, graph.WaitQueueJoin:
		return waits("on queues")
	case graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite, graph.WaitLock, graph.WaitSemaphore, graph.WaitOnce:
		return waits("for locks")
	case graph.WaitWaitGroup, graph.WaitTask, graph.WaitGather, graph.WaitAny, graph.WaitTaskGroup, graph.WaitThread, graph.WaitExecutor:
		return waits("for others to end")
	case graph.WaitEvent, graph.WaitCond, graph.WaitCondition, graph.WaitFuture, graph.WaitContext:
		return waits("for a signal")
	case graph.WaitSyscall, graph.WaitFile, graph.WaitSubprocess, graph.WaitCgo:
		return waits("for the system")
	case graph.WaitTurn:
		return doing{"waits for its turn", "wait for their turn"}
	case graph.WaitForever:
		return waits("for ever")
	}
	return waits("otherwise")
}
