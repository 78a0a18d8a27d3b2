package render

import (
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Tree shows who is part of what and who awaits whom, from the roots down.
func Tree(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	v.terse = !o.Full
	v.header()
	v.shortfalls()
	v.blank()
	v.forest(s.Forest(graph.ForestOptions{System: o.System, Coalesce: true, Places: !o.Full}), nil)
	v.hiddenTasks()
	return v.end()
}

// level is where the drawing of a tree stands among the children of one node.
type level struct {
	parent *graph.Node   // nil: they are the roots
	nodes  []*graph.Node // to draw
	fold   string        // what stands for those that are not drawn; empty: all are
	next   int           // the next to draw
	ids    int           // columns of the widest label among them
	places int           // columns to give each place, so that what follows is aligned
}

// forest draws the nodes that folds leaves to draw; without folds all, up to
// the limit, and the rest is counted. The depth is the target's to choose, so
// this does not recurse, and does not repeat what is far to the left.
func (v *view) forest(roots []*graph.Node, folds *folding) {
	refs := newReferences(roots)
	stack := []level{v.level(roots, nil, folds)}
	drawn := 0
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == len(top.nodes) {
			if top.fold != "" {
				first, rest := v.guides(stack, true)
				v.wrap(first, rest.pad(first.width+2), v.say(quiet, top.fold))
			}
			refs.leave(top.parent)
			stack = stack[:len(stack)-1]
			continue
		}
		if folds == nil && v.o.Limit > 0 && drawn == v.o.Limit {
			v.row(v.say(quiet, v.ellipsis+" "+count(remaining(stack), "more task")+" (--limit)"))
			return
		}
		n := top.nodes[top.next]
		top.next++
		drawn++
		children := v.level(n.Children, n, folds)
		first, rest := v.guides(stack, false)
		if len(children.nodes) > 0 || children.fold != "" {
			rest.add(quiet, v.pipe)
		}
		v.node(n, top, first, rest, refs)
		refs.enter(n)
		stack = append(stack, children)
	}
}

// level prepares the children of a node (nil: the roots) for drawing.
func (v *view) level(nodes []*graph.Node, parent *graph.Node, folds *folding) level {
	l := level{parent: parent, nodes: nodes}
	if folds != nil {
		l.nodes, l.fold = folds.of(nodes)
	}
	l.ids, l.places = v.aligned(len(l.nodes), func(i int) (*graph.Task, []graph.TaskID) {
		if n := l.nodes[i]; !n.See {
			return n.Task, n.Tasks
		}
		return nil, nil
	})
	return l
}

// guides are the lines to the left of the node that was taken last from the
// top of the stack, for its first line and for those below; with fold, of the
// line behind the last node. At most half the width goes to them: the
// innermost stay.
func (v *view) guides(stack []level, fold bool) (first, rest *text) {
	first, rest = v.text(), v.text()
	start := 1
	if most := v.mostGuides(); len(stack)-1 > most {
		start = len(stack) - most
		mark := v.say(quiet, v.ellipsis).pad(len(v.blankGuide))
		first.join(mark)
		rest.join(mark)
	}
	for i := start; i < len(stack); i++ {
		innermost := i == len(stack)-1
		more := stack[i].next < len(stack[i].nodes) || stack[i].fold != "" && !(fold && innermost)
		switch {
		case innermost && more:
			first.add(quiet, v.branch)
		case innermost:
			first.add(quiet, v.last)
		case more:
			first.add(quiet, v.pipe)
		default:
			first.add(quiet, v.blankGuide)
		}
		if more {
			rest.add(quiet, v.pipe)
		} else {
			rest.add(quiet, v.blankGuide)
		}
	}
	return first, rest
}

// mostGuides is how many levels of a tree are drawn beside each other.
func (v *view) mostGuides() int { return v.width / 2 / len(v.blankGuide) }
