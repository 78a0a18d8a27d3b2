package render

import (
	"fmt"
	"io"
	"slices"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Why shows what the task o.Task hangs on in the end, and the chain of waits
// that leads there: whom it waits for, whom that one waits for, and how each
// step is known. Without a task it does so for the whole process: what its
// tasks hang on, and how many on each.
func Why(w io.Writer, s *graph.Snapshot, o Options) error { return whyOf(w, s, o, 0) }

// whyOf is Why with a bound on the nodes of the chain; 0: the usual one.
func whyOf(w io.Writer, s *graph.Snapshot, o Options, limit int) error {
	v := newView(w, s, o)
	if o.Task == "" {
		return v.causes()
	}
	v.terse = !o.Full
	root := s.Why(o.Task, graph.WhyOptions{Coalesce: true, Limit: limit})
	if root == nil {
		return fmt.Errorf("there is no task %s; the view tasks lists them", safe(string(o.Task), true))
	}
	v.shortfalls()
	v.hangsOn(root)
	if !runs(root) {
		v.blank()
		v.chain(root)
	}
	return v.end()
}

// rung is a node of a chain on its way to the page.
type rung struct {
	node        *graph.Node
	above       *graph.Node // nil: none
	first, rest *text       // what stands to its left, on its first line and below
	alone       bool        // the only one below the node above: it stands under that, not beside others
}

// chain draws a chain of waits. Where it leads to one task alone, that stands
// below; where to several, they are branches of a tree. The depth is the
// target's to choose, so this does not recurse.
func (v *view) chain(root *graph.Node) { v.chainBelow(root, v.text()) }

// chainBelow draws a chain at a distance from the left.
func (v *view) chainBelow(root *graph.Node, left *text) {
	stack := []rung{{node: root, first: left, rest: left}}
	drawn := 0
	for len(stack) > 0 {
		r := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.o.Limit > 0 && drawn == v.o.Limit {
			v.row(v.say(quiet, v.ellipsis+" it goes on (--limit)"))
			return
		}
		drawn++
		below := v.rung(r)
		slices.Reverse(below)
		stack = append(stack, below...)
	}
}

// rung draws one node, and returns those below it.
func (v *view) rung(r rung) []rung {
	n, kids := r.node, r.node.Children
	if r.alone && !ends(n) {
		v.wrap(v.text().join(r.first).add(quiet, v.down+" "), v.text().join(r.rest).pad(r.rest.width+2), v.link(r.above))
	}
	left := v.text().join(r.rest)
	if len(kids) > 1 {
		left.add(quiet, v.pipe)
	}
	switch {
	case ends(n):
		v.wrap(r.first, v.text().join(r.rest).pad(r.rest.width+2), v.say(normal, v.ending(n, r.above)))
	case n.Closes:
		v.wrap(r.first, v.text().join(r.rest).pad(r.rest.width+2), v.closing(n))
	case n.See:
		v.wrap(r.first, v.text().join(r.rest).pad(r.rest.width+2), v.say(ident, v.ids(n.Tasks, 3)).add(quiet, " as above"))
	case branch(n):
		words := v.waitingAll(n.Tasks, func(t *graph.Task) []graph.Wait { return branchOf(t, n) })
		line := v.say(normal, words.core+words.more)
		if n.Link.Count > len(n.Tasks) { // of one task too there are several
			line = v.say(ident, v.times(n.Link.Count)).add(normal, "  ").add(normal, words.core).add(quiet, " and the like")
		}
		v.wrap(r.first, v.text().join(left).pad(left.width+2), line)
	default:
		v.taskLine(n.Task, n.Tasks, v.does(n.Tasks), 0, 0, r.first, left)
	}
	if len(kids) == 1 {
		first := v.text().join(r.rest)
		if ends(kids[0]) || r.above != nil && !r.alone {
			first.pad(first.width + 2)
		}
		return []rung{{node: kids[0], above: n, first: first, rest: first, alone: true}}
	}
	if len(kids) > 0 {
		v.wrap(left, left, v.link(n))
	}
	var below []rung
	for i, kid := range kids {
		first, rest := v.text().join(r.rest), v.text().join(r.rest)
		if first.width >= v.mostGuides()*len(v.blankGuide) { // begin anew at the left
			first, rest = v.say(quiet, v.ellipsis+" "), v.say(quiet, v.ellipsis+" ")
		}
		if i < len(kids)-1 {
			first, rest = first.add(quiet, v.branch), rest.add(quiet, v.pipe)
		} else {
			first, rest = first.add(quiet, v.last), rest.add(quiet, v.blankGuide)
		}
		below = append(below, rung{node: kid, above: n, first: first, rest: rest})
	}
	return below
}

func ends(n *graph.Node) bool   { return n.Link != nil && n.Link.Kind == graph.LinkEnd }
func branch(n *graph.Node) bool { return n.Link != nil && n.Link.Kind == graph.LinkBranch }

// branchOf returns the branch of a task's wait that a node stands for.
func branchOf(t *graph.Task, n *graph.Node) []graph.Wait {
	waits := t.Waits
	if len(waits) == 1 {
		waits = waits[0].Branches
	}
	if i := n.Link.Branch; t != n.Task && i < len(waits) {
		return waits[i : i+1]
	}
	return []graph.Wait{*n.Link.Wait}
}

// link says what the nodes below n are to what it waits for, and how that is known.
func (v *view) link(n *graph.Node) *text {
	var weak graph.Evidence
	tasks := 0
	var kid *graph.Node
	for _, k := range n.Children {
		if ends(k) {
			continue
		}
		if kid == nil {
			kid = k
		}
		tasks += len(k.Tasks)
		if k.Evidence.Confidence > weak.Confidence {
			weak = k.Evidence
		}
	}
	if kid == nil {
		return v.say(quiet, "which")
	}
	words := choice(n)
	switch {
	case words != "":
	case kid.Link.Kind == graph.LinkTask:
		words = "that task"
	case kid.Link.Kind == graph.LinkMember:
		words = verb(tasks, "its member", "its members")
	case kid.Link.Kind == graph.LinkHolder:
		words = serves(v.s.Resource(kid.Link.Wait.Resource), kid.Link.Wait.Kind, tasks)
	}
	how := ""
	if weak.Confidence == graph.Inferred || v.o.Full && weak.Confidence != 0 {
		how = weak.Confidence.String() + suffix(": ", weak.How)
	}
	return v.say(quiet, words+notes(how))
}

// choice says how many of the nodes below n have to end, where what it waits for
// has several parts; "" where it has not.
func choice(n *graph.Node) string {
	waits := n.Task.Waits
	if branch(n) {
		waits = []graph.Wait{*n.Link.Wait}
	}
	switch {
	case len(waits) == 1 && len(waits[0].Branches) == 0:
		return ""
	case len(waits) == 1 && waits[0].Kind == graph.WaitGather:
		return "all of these"
	}
	return "any one of these"
}

// serves says what those who have a resource can do for one who waits on it so.
func serves(r *graph.Resource, kind graph.WaitKind, n int) string {
	if r != nil && isLock(r.Kind) {
		return verb(n, "its holder", "its holders")
	}
	switch kind {
	case graph.WaitChanReceive:
		return "who could send"
	case graph.WaitChanSend:
		return "who could receive"
	case graph.WaitContext:
		return "who could cancel it"
	case graph.WaitCond:
		return "who could signal it"
	case graph.WaitEvent:
		return "who could set it"
	case graph.WaitCondition:
		return "who could notify it"
	case graph.WaitQueueGet:
		return "who could put"
	case graph.WaitQueuePut:
		return "who could get"
	case graph.WaitExecutor:
		return "its worker"
	}
	return "who could end that"
}

// closing says that a chain comes back to where it was.
func (v *view) closing(n *graph.Node) *text {
	words := v.say(bad, v.again+" ").add(ident, v.ids(n.Tasks, 3))
	if n.Link.Problem != nil {
		return words.add(bad, " again: a deadlock")
	}
	return words.add(warn, " again: a circle, but there may be another way out of it")
}
