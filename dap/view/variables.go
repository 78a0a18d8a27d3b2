package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Variable is a line of an editor's variables view.
type Variable struct {
	Name, Value, Type string
	Address           uint64            // of the thing, in the program's memory; 0: none
	Place             *graph.Frame      // where to jump to; nil: nowhere
	Children          func() []Variable // nil: it has none
	Count             int               // of children that are all of a sort; 0: they are named
}

// Async is the scope "Async" of a task's frames: what is known of the task
// beside its variables.
func Async(s *graph.Snapshot, id graph.TaskID) []Variable {
	t := s.Task(id)
	if t == nil {
		return []Variable{{Name: "task", Value: string(id) + " is not among the tasks"}}
	}
	v := variables{s, render.NewPhrases(s)}
	return v.of(t, false)
}

type variables struct {
	s *graph.Snapshot
	p render.Phrases
}

// of is what is known of a task; of one that is not looked at itself, where it stands too.
func (v variables) of(t *graph.Task, elsewhere bool) []Variable {
	out := []Variable{{Name: "task", Value: joined(string(t.ID), Title(v.p, t)), Type: t.Kind}}
	if state := t.State.String(); state != "" {
		out = append(out, Variable{Name: "state", Value: state})
	}
	if f := v.p.Place(t); elsewhere && f != nil {
		out = append(out, v.place("at", f))
	}
	for i := range t.Waits {
		out = append(out, v.wait("waits for", t, &t.Waits[i]))
	}
	if list := v.s.AwaitedBy(t); len(list) > 0 {
		out = append(out, v.awaiters(list))
	}
	for _, id := range t.Groups {
		if g := v.s.Group(id); g != nil {
			out = append(out, v.group("group", g))
		}
	}
	if c := t.CreatedBy; c != nil {
		out = append(out, v.creation(c))
	}
	for _, h := range t.Holds {
		if r := v.s.Resource(h.Resource); r != nil {
			out = append(out, v.resource("holds", r, h.Evidence))
		}
	}
	if ids := v.s.Spawned(t); len(ids) > 0 {
		out = append(out, v.tasks("started", ids))
	}
	for _, key := range slices.Sorted(maps.Keys(t.Labels)) {
		out = append(out, Variable{Name: "label " + v.p.Safe(key), Value: v.p.Safe(t.Labels[key])})
	}
	for _, a := range t.Detail {
		out = append(out, Variable{Name: v.p.Safe(strings.ReplaceAll(a.Key, "_", " ")), Value: v.p.Safe(fmt.Sprint(a.Value))})
	}
	if e := t.Error; e != nil {
		out = append(out, Variable{Name: "error", Value: v.p.Safe(e.Message), Type: v.p.Safe(e.Type)})
	}
	if c := t.Cancel; c != nil {
		out = append(out, Variable{Name: "cancellation", Value: fmt.Sprintf("%d requested, pending: %v", c.Requested, c.Pending)})
	}
	for _, p := range v.s.Problems {
		if slices.Contains(p.Tasks, t.ID) || slices.Contains(p.Queued, t.ID) {
			out = append(out, v.problem(p))
		}
	}
	return out
}

func (v variables) place(name string, f *graph.Frame) Variable {
	return Variable{Name: name, Value: joined(v.p.Function(f), v.p.At(f)), Place: f}
}

// wait is one wait, with what it is on below it.
func (v variables) wait(name string, t *graph.Task, w *graph.Wait) Variable {
	out := Variable{Name: name, Value: v.p.Wait(t, w), Type: string(w.Kind)}
	if int(w.Frame) < len(t.Frames) {
		out.Place = t.Frames[w.Frame]
	}
	resource, group, task := v.s.Resource(w.Resource), v.s.Group(w.Group), v.s.Task(w.Task)
	if resource != nil {
		out.Address = resource.Address
	}
	out.Children = func() []Variable {
		var kids []Variable
		if resource != nil {
			kids = v.state(resource)
		}
		if group != nil {
			kids = append(kids, v.group("group", group))
		}
		if task != nil {
			kids = append(kids, v.task("task", task))
		}
		for i := range w.Branches {
			kids = append(kids, v.wait(fmt.Sprintf("case %d", i), t, &w.Branches[i]))
		}
		return append(kids, evidence(v.p, w.Evidence)...)
	}
	return out
}

func (v variables) resource(name string, r *graph.Resource, e graph.Evidence) Variable {
	return Variable{
		Name: name, Value: v.p.Resource(r), Type: v.p.Safe(r.Type), Address: r.Address,
		Children: func() []Variable { return append(v.state(r), evidence(v.p, e)...) },
	}
}

// state is what is known of a resource.
func (v variables) state(r *graph.Resource) []Variable {
	out := []Variable{{Name: "on", Value: v.p.Resource(r), Type: v.p.Safe(r.Type), Address: r.Address}}
	for _, a := range r.Detail {
		out = append(out, Variable{Name: v.p.Safe(a.Key), Value: v.p.Safe(fmt.Sprint(a.Value))})
	}
	for _, h := range r.Holders {
		if t := v.s.Task(h.Task); t != nil {
			holder := v.task("held by", t)
			if h.Evidence.Confidence == graph.Inferred {
				holder.Value += " (inferred: " + v.p.Safe(h.Evidence.How) + ")"
			}
			out = append(out, holder)
		}
	}
	if waiters := v.s.Waiters(r); len(waiters) > 0 {
		ids := make([]graph.TaskID, len(waiters))
		for i, w := range waiters {
			ids[i] = w.Task
		}
		out = append(out, v.tasks("waiters", ids))
	}
	return out
}

func (v variables) group(name string, g *graph.Group) Variable {
	value := v.p.Group(g)
	if left := v.p.Left(g); left != "" {
		value += " (" + left + ")"
	}
	return Variable{Name: name, Value: value, Type: v.p.Safe(g.Kind), Address: g.Address, Children: func() []Variable {
		var kids []Variable
		if o := g.OpenedAt; o != nil && o.At != nil {
			at := v.place("opened at", o.At)
			at.Value += " by " + string(o.Task)
			kids = append(kids, at)
		}
		if t := v.s.Task(g.Owner); t != nil {
			kids = append(kids, v.task("owner", t))
		}
		if len(g.Members) > 0 {
			kids = append(kids, v.tasks("members", g.Members))
		}
		if waiters := v.s.GroupWaiters(g); len(waiters) > 0 {
			kids = append(kids, v.tasks("waiters", waiters))
		}
		return append(kids, evidence(v.p, g.Evidence)...)
	}}
}

func (v variables) creation(c *graph.Creation) Variable {
	out := Variable{Name: "created by", Value: string(c.Task)}
	at := c.At
	if c.User != nil {
		at = c.User
	}
	if at != nil {
		out.Value = joined(out.Value, joined(v.p.Function(at), v.p.At(at)))
		out.Place = at
	}
	if t := v.s.Task(c.Task); t != nil {
		out.Children = func() []Variable { return v.of(t, true) }
	}
	return out
}

// task is another task, which opens to all that is known of it.
func (v variables) task(name string, t *graph.Task) Variable {
	return Variable{
		Name: name, Value: joined(string(t.ID), Title(v.p, t)) + ": " + v.p.Briefly(t), Type: t.Kind, Place: v.p.Place(t),
		Children: func() []Variable { return v.of(t, true) },
	}
}

func (v variables) tasks(name string, ids []graph.TaskID) Variable {
	value := number(len(ids)) + " tasks"
	if len(ids) == 1 {
		value = "1 task"
	}
	return Variable{Name: name, Value: value, Count: len(ids), Children: func() []Variable {
		kids := make([]Variable, len(ids))
		for i, id := range ids {
			name := fmt.Sprintf("[%d]", i)
			if t := v.s.Task(id); t != nil {
				kids[i] = v.task(name, t)
			} else {
				kids[i] = Variable{Name: name, Value: string(id)}
			}
		}
		return kids
	}}
}

func (v variables) awaiters(list []graph.Awaiter) Variable {
	value := number(len(list)) + " tasks"
	if len(list) == 1 {
		value = string(list[0].Task)
	}
	return Variable{Name: "awaited by", Value: value, Count: len(list), Children: func() []Variable {
		kids := make([]Variable, len(list))
		for i, a := range list {
			kids[i] = Variable{Name: fmt.Sprintf("[%d]", i), Value: string(a.Task)}
			if t := v.s.Task(a.Task); t != nil {
				kids[i] = v.task(kids[i].Name, t)
			}
			if a.Relation == graph.RelationHandle {
				kids[i].Value += " (has a handle of it, and waits for something else)"
			}
			if a.Evidence.Confidence == graph.Inferred {
				kids[i].Value += " (inferred: " + v.p.Safe(a.Evidence.How) + ")"
			}
		}
		return kids
	}}
}

func (v variables) problem(p *graph.Problem) Variable {
	return Variable{Name: "problem", Value: v.p.Safe(p.Message), Type: p.Code, Children: func() []Variable {
		kids := []Variable{{Name: "code", Value: p.Code}, {Name: "severity", Value: p.Severity.String()}}
		if len(p.Tasks) > 0 {
			kids = append(kids, v.tasks("tasks", p.Tasks))
		}
		if len(p.Queued) > 0 {
			kids = append(kids, v.tasks("queued", p.Queued))
		}
		return append(kids, evidence(v.p, p.Evidence)...)
	}}
}

// evidence is how something is known.
func evidence(p render.Phrases, e graph.Evidence) []Variable {
	if e.Confidence == 0 {
		return nil
	}
	return []Variable{{Name: e.Confidence.String(), Value: p.Safe(e.How)}}
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// Locals are the variables of a frame, as far as they were read.
func Locals(f *graph.Frame) []Variable {
	out := make([]Variable, len(f.Locals))
	for i, l := range f.Locals {
		out[i] = Variable{Name: safe(l.Name), Value: safe(l.Value), Type: safe(l.Type)}
	}
	return out
}

// safe makes text of the target harmless where there is no snapshot at hand.
func safe(s string) string { return render.Phrases{}.Safe(s) }
