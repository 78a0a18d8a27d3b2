package view

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

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
	if t.Thread != 0 {
		out = append(out, Variable{Name: "thread", Value: strconv.Itoa(int(t.Thread))})
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
	if t.Result != "" {
		out = append(out, Variable{Name: "result", Value: "of type " + v.p.Safe(t.Result)})
	}
	if t.Error != nil {
		out = append(out, v.failure("error", t.Error))
	}
	if t.Cancel != nil {
		out = append(out, v.cancellation(t.Cancel))
	}
	out = append(out, v.facts(t.Detail)...)
	told := map[*graph.Problem]bool{}
	for _, p := range v.s.Problems {
		if slices.Contains(p.Tasks, t.ID) || slices.Contains(p.Queued, t.ID) {
			out = append(out, v.problem(p))
			told[p] = true
		}
	}
	for _, p := range t.Problems {
		if !told[p] {
			out = append(out, v.problem(p))
		}
	}
	return out
}

func (v variables) place(name string, f *graph.Frame) Variable {
	return Variable{Name: name, Value: joined(v.p.Function(f), v.p.At(f)), Place: f}
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
