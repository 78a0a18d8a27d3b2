package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Groups shows each group: how many are left of it, who opened it and where,
// who waits for it, and its members. Those that are alike are shown once; the
// largest come first.
func Groups(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	var shown []*graph.Group
	for _, g := range s.Groups {
		if len(g.Members) == 0 || v.anyShown(g.Members) {
			shown = append(shown, g)
		}
	}
	return things(v, "group", shown, v.groupLooks, func(g *graph.Group) int { return len(g.Members) }, v.group)
}

// groupLooks is the same for groups that are shown as one.
func (v *view) groupLooks(g *graph.Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%d\x00%d\x00%v\x00%v\x00", g.Kind, g.Outstanding, len(g.Members), g.Evidence, g.Error != nil)
	if o := g.OpenedAt; o != nil && o.At != nil {
		fmt.Fprintf(&b, "%s\x00%s\x00%d\x00%v\x00", o.At.Func, o.At.File, o.At.Line, o.Evidence)
	}
	v.tasksLook(&b, v.s.GroupWaiters(g))
	v.tasksLook(&b, g.Members)
	return b.String()
}

// group shows groups that are alike.
func (v *view) group(alike []*graph.Group) {
	g := alike[0]
	head := v.heading(len(alike), func(i int) string { return alike[i].ID.String() }, typeName(g.Kind), g.Address)
	words := v.say(normal, left(g))
	if len(alike) > 1 && g.Outstanding >= 0 {
		words.add(normal, " in each")
	}
	v.pair(v.text(), v.text(), head, words, 4)
	if o := g.OpenedAt; o != nil {
		line := v.say(normal, "opened")
		if o.At != nil {
			line.add(normal, " at "+v.function(o.At)+" ").add(quiet, location(o.At))
		}
		if len(alike) == 1 {
			line.add(normal, " by ").add(ident, string(o.Task))
		}
		v.wrap(v.indent(4), v.indent(6), line.add(quiet, suffix(" (", v.known(o.Evidence), ")")))
	}
	if g.Owner != "" && len(alike) == 1 && (g.OpenedAt == nil || g.OpenedAt.Task != g.Owner) {
		v.wrap(v.indent(4), v.indent(6), v.say(normal, "owned by ").add(ident, string(g.Owner)).add(quiet, suffix(" (", v.known(g.OwnedBy), ")")))
	}
	if len(g.Detail) > 0 && len(alike) == 1 {
		var facts []string
		for _, a := range g.Detail {
			facts = append(facts, fact(a))
		}
		v.wrap(v.indent(4), v.indent(6), v.say(normal, strings.Join(facts, ", ")))
	}
	if g.Error != nil {
		v.wrap(v.indent(4), v.indent(6), v.say(bad, "failed: "+failure(g.Error)).add(normal, suffix(" (", string(g.Error.Task), ")")))
	}
	for _, p := range g.Problems {
		v.wrap(v.indent(4), v.indent(6), v.say(warn, v.warnMark+" "+p.Message))
	}
	waiters, members := []graph.TaskID{}, []graph.TaskID{}
	for _, g := range alike {
		waiters = append(waiters, v.s.GroupWaiters(g)...)
		members = append(members, g.Members...)
	}
	v.listed(waiters, "nobody waits for it", "waited for by", graph.Evidence{})
	v.listed(members, "no member was found", count(len(members), "member"), g.Evidence)
}
