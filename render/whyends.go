package render

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostEnds is how many different ends of a chain its first lines name.
const mostEnds = 5

// hangsOn says what all the ways of a chain lead to: the answer, before the
// chain that explains it.
func (v *view) hangsOn(root *graph.Node) {
	subject := v.text().add(ident, string(root.Task.ID))
	if runs(root) {
		v.wrap(v.text(), v.indent(2), subject.add(normal, " waits for nothing: it is "+v.idle(root.Task)))
		return
	}
	var words []*text
	said := map[string]bool{}
	cut := 0
	add := func(st style, s string) {
		switch {
		case said[s]:
		case len(words) == mostEnds:
			cut++
		default:
			words = append(words, v.say(st, s))
		}
		said[s] = true
	}
	each([]*graph.Node{root}, func(n *graph.Node) { // the worst first
		if n.Closes && n.Link.Problem != nil {
			add(bad, "a deadlock: "+n.Link.Problem.Message)
		}
	})
	each([]*graph.Node{root}, func(n *graph.Node) {
		if ends(n) && n.Link.Problem != nil {
			add(v.severity(n.Link.Problem), a(n.Link.Problem.Code)+": "+n.Link.Problem.Message)
		} else if ends(n) {
			add(normal, v.hook(n, root))
		} else if n.Closes && n.Link.Problem == nil {
			add(warn, "a circle of waits, with another way out of it")
		}
	})
	subject.add(normal, " hangs on ")
	if len(words) == 1 {
		v.wrap(v.text(), v.indent(2), subject.join(words[0]))
		return
	}
	v.row(subject)
	for _, line := range words {
		v.wrap(v.indent(2), v.indent(4), line)
	}
	if cut > 0 {
		v.row(v.indent(2), v.say(quiet, v.ellipsis+" and "+number(cut)+" more"))
	}
}

// a puts an article before the code of a problem, where it is a countable noun.
func a(code string) string {
	switch code {
	case "leak", "deadlock", "self-deadlock":
		return "a " + code
	case "abandoned-lock":
		return "an " + code
	}
	return code
}

// runs reports that a task waits for nothing.
func runs(n *graph.Node) bool {
	return len(n.Children) == 1 && ends(n.Children[0]) && n.Children[0].Link.End == graph.EndRuns
}

// hook is what a chain hangs on at one of its ends, as a noun.
func (v *view) hook(n, root *graph.Node) string {
	who, l := v.who(n), n.Link
	if n.Task == root.Task {
		who = "it"
	}
	switch l.End {
	case graph.EndRuns:
		return who + ", which " + be(len(n.Tasks)) + " " + v.idle(n.Task)
	case graph.EndEnded:
		return who + ", which " + verb(len(n.Tasks), "has", "have") + " ended"
	case graph.EndCancelling:
		return who + ", which " + be(len(n.Tasks)) + " about to be cancelled"
	case graph.EndTimer:
		return "time: " + v.due(n)
	case graph.EndOutside:
		return v.outside(n)
	case graph.EndFree:
		return v.target(n) + ", which is free"
	case graph.EndNever:
		return "nothing: no one can ever wake " + who
	case graph.EndHolderUnknown:
		if who := v.reached(n); who != "" {
			return v.target(n) + ": " + who
		}
		return v.target(n) + ": " + v.unserved(n) + " is not known"
	case graph.EndMembersUnknown:
		if l.Count > 0 {
			return count(l.Count, "member") + " of " + v.target(n) + " that " + verb(l.Count, "was", "were") + " not found"
		}
		return "members of " + v.target(n) + " that were not found"
	case graph.EndMissing:
		return "a task that " + who + verb(len(n.Tasks), " waits", " wait") + " for, and that is not here"
	case graph.EndCut:
		return "more: " + v.ending(n, nil)
	}
	return "what " + who + verb(len(n.Tasks), " waits", " wait") + " for, which is not known"
}

// ending says why a chain goes on no further at one of its ends.
func (v *view) ending(n, above *graph.Node) string {
	l := n.Link
	arrow := v.calls + " "
	if l.Problem != nil {
		return arrow + a(l.Problem.Code) + ": " + l.Problem.Message
	}
	switch l.End {
	case graph.EndRuns:
		return arrow + v.running(n, above)
	case graph.EndEnded:
		return arrow + "it has ended: who waits for it is about to go on"
	case graph.EndCancelling:
		return arrow + "a cancellation is on its way to it"
	case graph.EndTimer:
		return arrow + "it goes on by itself"
	case graph.EndOutside:
		return arrow + "ends at " + v.outside(n)
	case graph.EndFree:
		return arrow + "that is there already: it is about to go on"
	case graph.EndNever:
		return arrow + "nothing can ever wake it"
	case graph.EndHolderUnknown:
		if who := v.reached(n); who != "" {
			return arrow + who
		}
		return arrow + v.unserved(n) + " is not known"
	case graph.EndMembersUnknown:
		if l.Count > 0 {
			return arrow + count(l.Count, "member") + " " + verb(l.Count, "was", "were") + " not found"
		}
		return arrow + "its members are not known"
	case graph.EndMissing:
		if l.Count > 1 {
			return arrow + count(l.Count, "task") + " that are not here: they ended, or were not read"
		}
		return arrow + "a task that is not here: it ended, or was not read"
	case graph.EndCut:
		return v.ellipsis + " " + count(max(l.Count, 1), "more task") + " not followed"
	}
	return arrow + "what it waits for is not known"
}

// reached names those who can get at what a chain ends at; "" where nobody is
// known to, or where that would say who has a lock.
func (v *view) reached(n *graph.Node) string {
	if n.Link.Wait == nil {
		return ""
	}
	r := v.s.Resource(n.Link.Wait.Resource)
	if r == nil || isLock(r.Kind) {
		return ""
	}
	by := v.s.Reached(r)
	if len(by) == 0 {
		return ""
	}
	words, _ := strings.CutPrefix(serves(r, n.Link.Wait.Kind, len(by)), "who ")
	return v.holders(by) + " " + words + notes(v.known(weakest(by)))
}

// running says of a task that nothing is wrong with it, and what those who
// wait for it lack.
func (v *view) running(n, above *graph.Node) string {
	words := verb(len(n.Tasks), "it is ", "they are ") + v.idle(n.Task)
	if above == nil || above.Link == nil {
		return words
	}
	words += ": nothing is wrong with " + verb(len(n.Tasks), "it", "them") + ", but " + verb(len(n.Tasks), "it has", "they have")
	switch above.Link.Kind {
	case graph.LinkTask, graph.LinkMember:
		return words + " not ended yet"
	case graph.LinkHolder:
		if r := v.s.Resource(above.Link.Wait.Resource); r != nil && isLock(r.Kind) {
			return words + " not let go yet"
		}
	}
	return words + " not done so yet"
}

// who names the tasks of a node.
func (v *view) who(n *graph.Node) string {
	if len(n.Tasks) > 2 {
		return count(len(n.Tasks), "task") + " (" + v.ids(n.Tasks, 3) + ")"
	}
	var names []string
	for _, id := range n.Tasks {
		names = append(names, string(id))
	}
	return list(names)
}

// waitOf is the wait that an end is of: the task's own where it says no other.
func waitOf(n *graph.Node) *graph.Wait {
	switch {
	case n.Link.Wait != nil:
		return n.Link.Wait
	case len(n.Task.Waits) > 0:
		return &n.Task.Waits[0]
	}
	return &graph.Wait{}
}

// target names what is waited for at an end.
func (v *view) target(n *graph.Node) string {
	w := waitOf(n)
	if g := v.s.Group(w.Group); g != nil {
		return groupName(g)
	}
	if r := v.s.Resource(w.Resource); r != nil {
		return thing(r)
	}
	return "a " + string(w.Kind)
}

// unserved says who is missed at a wait that nobody is known to end.
func (v *view) unserved(n *graph.Node) string {
	w := waitOf(n)
	return serves(v.s.Resource(w.Resource), w.Kind, 1)
}

// due says what time the tasks of an end wait for.
func (v *view) due(n *graph.Node) string {
	core := v.wait(n.Task, waitOf(n)).core
	if len(n.Tasks) > 1 {
		core = v.doingAll(n.Tasks).core + " of " + count(len(n.Tasks), "task")
	}
	return strings.TrimPrefix(core, "waits for ")
}

// outside names what outside of the process has to act.
func (v *view) outside(n *graph.Node) string {
	w := waitOf(n)
	if len(n.Tasks) > 1 {
		return v.doingAll(n.Tasks).core
	}
	switch w.Kind {
	case graph.WaitSelect, graph.WaitCond, graph.WaitChanReceive:
		if _, what, ok := strings.Cut(w.Phase, ": "); ok { // waiting for the response from 10.0.0.7:80
			return strings.TrimPrefix(strings.TrimPrefix(what, "waiting for "), "reading ")
		}
	case graph.WaitNetwork, graph.WaitFile, graph.WaitStream:
		return "a " + v.onFile(n.Task, w, v.s.Resource(w.Resource)).core
	case graph.WaitSyscall:
		return "a system call" + suffix(": ", w.Text)
	case "":
		return "the system: its thread is " + stateWord(n.Task.State)
	}
	return v.wait(n.Task, w).bare()
}
