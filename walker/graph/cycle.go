package graph

import (
	"fmt"
	"slices"
	"strings"
)

// newDeadlock describes the cycle that the tasks make.
func newDeadlock(c *conditions, tasks, queued []TaskID, proven bool) *Problem {
	in := make(map[TaskID]bool, len(tasks))
	for _, id := range tasks {
		in[id] = true
	}
	p := &Problem{Code: codeDeadlock, Severity: Error, Tasks: tasks, Queued: queued}
	var first *Wait // the first wait that is part of the cycle
	for _, id := range tasks {
		eachWait(c.s.Task(id).Waits, func(w *Wait) {
			e, ok := c.within(w, in)
			if !ok || proven && e.Confidence != Proven { // a proven cycle needs no guessed edge
				return
			}
			if first == nil {
				first, p.Evidence = w, e
			}
			p.Evidence = weaker(p.Evidence, e)
			if w.Group != 0 {
				p.Groups = append(p.Groups, w.Group)
			}
			if w.Resource != 0 {
				p.Resources = append(p.Resources, w.Resource)
			}
		})
	}
	if !proven && p.Evidence.Confidence == Proven {
		p.Evidence = Evidence{Inferred, "that no other way out of it is open is a guess"}
	}
	p.Groups, p.Resources = sortedUnique(p.Groups), sortedUnique(p.Resources)
	if len(tasks) == 1 && first != nil && first.Resource != 0 {
		p.Code = codeSelf
	}
	p.Message = deadlockMessage(c.s, p, first)
	return p
}

func sortedUnique[T ~int32](ids []T) []T {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// within returns how it is known that w is an edge to a task of the cycle, and
// whether it is one.
func (c *conditions) within(w *Wait, in map[TaskID]bool) (Evidence, bool) {
	switch {
	case len(w.Branches) > 0:
		return Evidence{}, false // its branches are asked on their own
	case w.Task != "":
		return w.Evidence, in[w.Task]
	case w.Group != 0:
		g := c.s.Group(w.Group)
		if g != nil && slices.ContainsFunc(g.Members, func(id TaskID) bool { return in[id] }) {
			return weaker(w.Evidence, g.Evidence), true
		}
	case w.Resource != 0:
		r := c.s.Resource(w.Resource)
		if r == nil {
			break
		}
		e, found := w.Evidence, false
		for _, h := range c.s.owedBy(r) {
			if in[h.Task] {
				e, found = weaker(e, h.Evidence), true
			}
		}
		return e, found
	}
	return Evidence{}, false
}

// maxNamed is how many tasks a sentence names before it counts the rest.
const maxNamed = 5

// deadlockMessage says "probably" where a guessed edge is part of the cycle.
func deadlockMessage(s *Snapshot, p *Problem, first *Wait) string {
	probably := ""
	if p.Evidence.Confidence != Proven {
		probably = "probably "
	}
	switch len(p.Tasks) {
	case 1:
		return fmt.Sprintf("%s waits for %s", p.Tasks[0], itself(s, first, probably))
	case 2:
		return fmt.Sprintf("%s and %s %swait for each other", p.Tasks[0], p.Tasks[1], probably)
	}
	return fmt.Sprintf("%d tasks %swait for each other in a circle: %s", len(p.Tasks), probably, nameTasks(p.Tasks))
}

// itself names what a task waits for that is itself.
func itself(s *Snapshot, w *Wait, probably string) string {
	switch {
	case w == nil:
		return "itself"
	case w.Group != 0:
		g := s.Group(w.Group)
		return title(g.Kind, g.Address) + " that it is " + probably + "itself a member of"
	case w.Resource != 0:
		r := s.Resource(w.Resource)
		return title(r.Kind, r.Address) + " that it " + probably + "holds itself"
	}
	return "itself to end"
}

func title(kind string, addr uint64) string {
	if addr == 0 {
		return "a " + kind
	}
	return fmt.Sprintf("%s 0x%x", kind, addr)
}

// nameTasks lists the first few of several tasks and counts the rest.
func nameTasks(ids []TaskID) string {
	var names []string
	for _, id := range ids[:min(len(ids), maxNamed)] {
		names = append(names, string(id))
	}
	last := len(names) - 1
	if n := len(ids) - len(names); n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), n)
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// taskKey is the same for the same tasks in the same order.
func taskKey(ids []TaskID) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(string(id))
		b.WriteByte(0)
	}
	return b.String()
}
