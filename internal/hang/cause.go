package hang

import (
	"fmt"
	"slices"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostEnds is how many ends of a chain of waits a sentence names.
const mostEnds = 2

// Cause says in one sentence which tests hang, and on what.
func (h *Hang) Cause() string {
	t := h.Tests[0]
	what := name(t)
	if more := len(h.Tests) - 1; more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s %s: %s", what, h.verb(), h.causeOf(t))
}

// name is what to call a test.
func name(t Test) string {
	if t.Name == "" {
		return "the program"
	}
	return t.Name
}

func (h *Hang) verb() string {
	verb, many := "hangs", "hang"
	switch h.Sign {
	case SignDeadline:
		verb, many = "is not done", "are not done"
	case SignSlow:
		verb, many = "is slow", "are slow"
	}
	if len(h.Tests) > 1 {
		return many
	}
	return verb
}

// causeOf is what a test hangs on: the circle that it is a part of or queues
// behind; else what it waits for, and what that comes down to.
func (h *Hang) causeOf(t Test) string {
	var circle *graph.Problem
	for _, p := range h.Snapshot.Problems {
		if (p.Code == "deadlock" || p.Code == "self-deadlock") && !p.Suppressed &&
			(slices.Contains(p.Tasks, t.Task) || slices.Contains(p.Queued, t.Task)) {
			circle = p
			break
		}
	}
	if circle != nil && !h.hingesOnReach(circle) {
		return circle.Message
	}
	root := h.Snapshot.Why(t.Task, graph.WhyOptions{Coalesce: true})
	if root == nil {
		return "it was not read"
	}
	words := render.NewPhrases(h.Snapshot)
	cause := stands(words, root)
	if circle != nil {
		return cause + "; " + circle.Message
	}
	if t.From != nil && t.From != words.Place(root.Task) {
		cause += ", called from " + words.At(t.From)
	}
	ends, more := endsBelow(root)
	for i, n := range ends {
		if i == 0 {
			cause += "; which comes down to "
		} else {
			cause += ", and to "
		}
		cause += whose(n) + ": " + stands(words, n)
	}
	leaked := func(n *graph.Node) bool { return h.leaked(n.Task.ID) }
	if slices.ContainsFunc(append(ends, root), leaked) {
		cause += ", which nothing that can run reaches any more"
	}
	if more > 0 {
		cause += fmt.Sprintf(", and to %d more", more)
	}
	return cause
}

// hingesOnReach tells of a circle whether it closes where somebody who is stuck
// alone gets at something: then it is worth to say where the test stands.
func (h *Hang) hingesOnReach(p *graph.Problem) bool {
	return slices.ContainsFunc(p.Resources, func(id graph.ResourceID) bool {
		r := h.Snapshot.Resource(id)
		return r != nil && slices.Contains(r.Detail, graph.Attr{Key: graph.DetailOutOfReach, Value: true})
	})
}

// leaked tells whether a task waits for what nothing can reach.
func (h *Hang) leaked(id graph.TaskID) bool {
	return slices.ContainsFunc(h.Snapshot.Problems, func(p *graph.Problem) bool {
		return p.Code == "leak" && !p.Suppressed && slices.Contains(p.Tasks, id)
	})
}

// stands says what the tasks of a node do, and where.
func stands(words render.Phrases, n *graph.Node) string {
	s := words.Doing(n.Task)
	if len(n.Task.Waits) > 0 && n.Task.Waits[0].Phase != "" { // the chain of waits has what that is made of
		s = words.Safe(n.Task.Waits[0].Phase)
	}
	if f := words.Place(n.Task); f != nil {
		s += " at " + words.Function(f) + " " + words.At(f)
	}
	return s
}

// whose names the tasks of a node.
func whose(n *graph.Node) string {
	if len(n.Tasks) > 1 {
		return fmt.Sprintf("%s and %d like it", n.Task.ID, len(n.Tasks)-1)
	}
	return string(n.Task.ID)
}

// endsBelow are the tasks below root that a chain of waits ends at, and how
// many there are besides.
func endsBelow(root *graph.Node) (ends []*graph.Node, more int) {
	stack := slices.Clone(root.Children)
	for len(stack) > 0 {
		n := stack[0]
		stack = append(slices.Clone(n.Children), stack[1:]...)
		if n.See || n.Task == nil || n.Task == root.Task {
			continue
		}
		if slices.ContainsFunc(n.Children, func(k *graph.Node) bool { return k.Link != nil && k.Link.Kind == graph.LinkEnd }) {
			if len(ends) == mostEnds {
				more++
				continue
			}
			ends = append(ends, n)
		}
	}
	return ends, more
}

// noticed says how the hang was noticed.
func (h *Hang) noticed() string {
	switch h.Sign {
	case SignDeadline:
		return fmt.Sprintf("the deadline of the tests, %v, is over", h.Deadline)
	case SignSlow:
		return fmt.Sprintf("seen %v after the process began", seconds(h.After))
	}
	known := ""
	if h.Guessed {
		known = ", as far as is known,"
	}
	return fmt.Sprintf("nothing is left%s that could make it go on; seen %v after the process began", known, seconds(h.After))
}
