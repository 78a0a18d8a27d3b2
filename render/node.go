package render

import "github.com/dlv-async/dlv-async/walker/graph"

// node draws one node of a level, behind first and, from its second line on,
// behind rest.
func (v *view) node(n *graph.Node, among *level, first, rest *text, refs *references) {
	switch {
	case n.See:
		v.wrap(first, v.text().join(rest).pad(rest.width+2), v.reference(n, refs))
	case n.Task != nil:
		refs.draw(n)
		v.taskNode(n, among, first, rest, refs)
	case n.Group != nil:
		v.pair(first, rest, v.say(strong, v.groupLabel(n)), v.groupWords(n, among.parent), 2)
	}
}

func (v *view) taskNode(n *graph.Node, among *level, first, rest *text, refs *references) {
	tail := v.does(n.Tasks)
	if e := v.known(n.Evidence); e != "" && !covered(n, among.parent) {
		tail.add(quiet, "  (link "+e+")")
	}
	if refs.partOf(n.Task) {
		tail.add(warn, "  "+v.again+" a cycle")
	}
	hang := v.taskLine(n.Task, n.Tasks, tail, among.ids, among.places, first, rest)
	if words := trouble(n.Task); words != "" {
		below := v.text().join(rest).pad(hang)
		v.wrap(below, below, v.say(warn, v.warnMark+" "+words))
	}
}

// groupLabel names a group, or counts those that are alike.
func (v *view) groupLabel(n *graph.Node) string {
	if len(n.Groups) > 1 {
		return v.times(len(n.Groups)) + " " + typeName(n.Group.Kind)
	}
	return groupName(n.Group)
}

// groupWords says what a group has left, where it was opened, and what ended
// it. What is left stands above already where the parent waits for it.
func (v *view) groupWords(n, parent *graph.Node) *text {
	g := n.Group
	line := v.text()
	comma := func() *text {
		if !line.empty() {
			line.add(normal, ", ")
		}
		return line
	}
	if !waitsFor(parent, g) {
		line.add(normal, left(g))
	}
	if o := g.OpenedAt; o != nil && o.At != nil {
		comma().add(normal, "opened at "+v.function(o.At)+" ").add(quiet, location(o.At))
		if parent == nil || parent.Task == nil || parent.Task.ID != o.Task {
			line.add(normal, " by ").add(ident, string(o.Task))
		}
		line.add(quiet, suffix(" (", v.known(o.Evidence), ")"))
	}
	if e := v.known(g.OwnedBy); e != "" && g.OpenedAt == nil && parent != nil && parent.Task != nil && parent.Task.ID == g.Owner {
		comma().add(quiet, "owner "+e)
	}
	if g.Error != nil {
		comma().add(bad, "failed: "+failure(g.Error)).add(normal, suffix(" (", string(g.Error.Task), ")"))
	}
	e := v.known(g.Evidence)
	switch {
	case len(n.Children) == 0 && len(n.Groups) < 2 && len(g.Members) > 0: // each stands in another group
		comma().add(normal, "members shown elsewhere: "+v.ids(g.Members, 3)).add(quiet, notes(e))
	case e != "":
		comma().add(quiet, "members "+e)
	}
	return line
}

// waitsFor reports that what the node's task waits for is the group.
func waitsFor(n *graph.Node, g *graph.Group) bool {
	return n != nil && n.Task != nil && len(n.Task.Waits) > 0 && n.Task.Waits[0].Group == g.ID
}

// covered reports that what a node's evidence says stands at the group above
// it already.
func covered(n, parent *graph.Node) bool {
	return parent == nil || parent.Group != nil && parent.Group.Evidence.Confidence >= n.Evidence.Confidence
}
