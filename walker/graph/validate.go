package graph

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Validate reports what does not hold of a snapshot that [Builder.Seal] made,
// as one error for each. It is for tests: a snapshot that came out of Seal, or
// out of [ReadJSON], has none, whatever went in.
func Validate(s *Snapshot) error {
	v := &validator{s: s}
	v.orders()
	for _, t := range s.Tasks {
		v.task(t)
	}
	for _, g := range s.Groups {
		v.group(g)
	}
	for _, r := range s.Resources {
		v.resource(r)
	}
	eachProblem(s, v.problem)
	return errors.Join(v.errs...)
}

type validator struct {
	s    *Snapshot
	errs []error
}

func (v *validator) check(ok bool, format string, args ...any) {
	if !ok {
		v.errs = append(v.errs, fmt.Errorf(format, args...))
	}
}

// A filtered snapshot may refer to what it does not hold.
func (v *validator) hasTask(id TaskID) bool     { return v.s.Filtered || v.s.Task(id) != nil }
func (v *validator) hasGroup(id GroupID) bool   { return v.s.Filtered || v.s.Group(id) != nil }
func (v *validator) hasRes(id ResourceID) bool  { return v.s.Filtered || v.s.Resource(id) != nil }
func (v *validator) edge(e Evidence, of string) { v.check(e.Confidence != 0, "%s has no evidence", of) }

// orders: ids are unique and in order; numbers run from 1.
func (v *validator) orders() {
	for i, t := range v.s.Tasks {
		v.check(t.ID != "", "a task has no id")
		v.check(i == 0 || compareTasks(v.s.Tasks[i-1], t) < 0, "%s is out of order", t.ID)
	}
	for i, g := range v.s.Groups {
		v.check(v.s.Filtered || g.ID == GroupID(i+1), "group %d has the id %s", i, g.ID)
		v.check(i == 0 || v.s.Groups[i-1].ID < g.ID, "%s is out of order", g.ID)
	}
	for i, r := range v.s.Resources {
		v.check(v.s.Filtered || r.ID == ResourceID(i+1), "resource %d has the id %s", i, r.ID)
		v.check(i == 0 || v.s.Resources[i-1].ID < r.ID, "%s is out of order", r.ID)
	}
	v.check(slices.IsSortedFunc(v.s.Problems, compareProblems), "the problems are out of order")
}

func (v *validator) task(t *Task) {
	eachWait(t.Waits, func(w *Wait) {
		targets := 0
		if w.Task != "" {
			targets++
			v.check(v.hasTask(w.Task), "%s waits for %s, which is not there", t.ID, w.Task)
		}
		if w.Group != 0 {
			targets++
			v.check(v.hasGroup(w.Group), "%s waits for %s, which is not there", t.ID, w.Group)
		}
		if w.Resource != 0 {
			targets++
			v.check(v.hasRes(w.Resource), "%s waits for %s, which is not there", t.ID, w.Resource)
		}
		v.check(targets <= 1, "%s has one wait for several things", t.ID)
		v.check(targets == 0 || w.Evidence.Confidence != 0, "a wait of %s has no evidence", t.ID)
		v.check(w.Frame == 0 || int(w.Frame) < len(t.Frames), "%s waits in frame %d of %d", t.ID, w.Frame, len(t.Frames))
		v.check(w.Frame >= 0, "%s waits in frame %d", t.ID, w.Frame)
	})
	for i, id := range t.Groups {
		v.check(v.hasGroup(id), "%s is in %s, which is not there", t.ID, id)
		v.check(!slices.Contains(t.Groups[:i], id), "%s is in %s twice", t.ID, id)
		if g := v.s.Group(id); g != nil {
			v.check(slices.Contains(g.Members, t.ID), "%s is in %s, which does not know it", t.ID, id)
		}
	}
	for i, h := range t.Holds {
		v.check(v.hasRes(h.Resource), "%s holds %s, which is not there", t.ID, h.Resource)
		v.edge(h.Evidence, fmt.Sprintf("%s holding %s", t.ID, h.Resource))
		v.check(!slices.ContainsFunc(t.Holds[:i], func(o Hold) bool { return o.Resource == h.Resource }), "%s holds %s twice", t.ID, h.Resource)
		if r := v.s.Resource(h.Resource); r != nil {
			v.check(slices.ContainsFunc(r.Holders, func(o Holder) bool { return o.Task == t.ID }), "%s holds %s, which does not know it", t.ID, h.Resource)
		}
	}
}

func (v *validator) group(g *Group) {
	v.check(g.Outstanding >= -1, "%s has %d outstanding", g.ID, g.Outstanding)
	v.check(g.Owner == "" || v.hasTask(g.Owner), "%s is owned by %s, which is not there", g.ID, g.Owner)
	v.check(slices.IsSortedFunc(g.Members, compareTaskIDs), "the members of %s are out of order", g.ID)
	if len(g.Members) > 0 {
		v.edge(g.Evidence, g.ID.String())
	}
	for _, id := range g.Members {
		v.check(v.hasTask(id), "%s has the member %s, which is not there", g.ID, id)
		if t := v.s.Task(id); t != nil {
			v.check(slices.Contains(t.Groups, g.ID), "%s has the member %s, which does not know it", g.ID, id)
		}
	}
	if o := g.OpenedAt; o != nil {
		v.edge(o.Evidence, g.ID.String()+"'s opening")
		v.check(v.hasTask(o.Task), "%s was opened by %s, which is not there", g.ID, o.Task)
		if t := v.s.Task(o.Task); t != nil {
			v.check(o.Frame >= 0 && int(o.Frame) < len(t.Frames), "%s was opened in frame %d of %d of %s", g.ID, o.Frame, len(t.Frames), o.Task)
		}
		v.check(o.At != nil || v.s.Filtered, "%s was opened in no frame", g.ID)
	}
}

func (v *validator) resource(r *Resource) {
	for _, h := range r.Holders {
		v.check(v.hasTask(h.Task), "%s is held by %s, which is not there", r.ID, h.Task)
		v.edge(h.Evidence, fmt.Sprintf("%s being held by %s", r.ID, h.Task))
	}
	for i, a := range r.Detail {
		switch a.Value.(type) {
		case bool, int64, string, time.Duration:
		default:
			v.check(false, "%s: %s is a %T", r.ID, a.Key, a.Value)
		}
		v.check(!slices.ContainsFunc(r.Detail[:i], func(o Attr) bool { return o.Key == a.Key }), "%s has two %s", r.ID, a.Key)
	}
}

func (v *validator) problem(p *Problem) {
	v.check(p.Severity >= Info && p.Severity <= Error, "%q has the severity %d", p.Message, p.Severity)
	v.check(p.Code != "", "%q has no code", p.Message)
	for _, id := range p.Groups {
		v.check(v.hasGroup(id), "%q names %s, which is not there", p.Message, id)
	}
	for _, id := range p.Resources {
		v.check(v.hasRes(id), "%q names %s, which is not there", p.Message, id)
	}
}
