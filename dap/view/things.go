package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

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
		kids := v.circumstances(w)
		if resource != nil {
			kids = append(kids, v.state(resource)...)
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

// circumstances are what is known of a wait beside what it is on.
func (v variables) circumstances(w *graph.Wait) []Variable {
	var out []Variable
	if w.Phase != "" {
		out = append(out, Variable{Name: "phase", Value: v.p.Safe(w.Phase)})
	}
	if w.Since > 0 {
		out = append(out, Variable{Name: "since", Value: "at least " + rounded(w.Since) + " ago"})
	}
	if w.Deadline != 0 {
		out = append(out, Variable{Name: "gives up in", Value: rounded(w.Deadline)})
	}
	if w.Amount > 1 {
		out = append(out, Variable{Name: "wants", Value: number(int(w.Amount))})
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
	out = append(out, v.facts(r.Detail)...)
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
			owner := v.task("owner", t)
			if g.OwnedBy.Confidence == graph.Inferred {
				owner.Name += " (inferred)"
			}
			kids = append(kids, owner)
		}
		if len(g.Members) > 0 {
			kids = append(kids, v.tasks("members", g.Members))
		}
		if waiters := v.s.GroupWaiters(g); len(waiters) > 0 {
			kids = append(kids, v.tasks("waiters", waiters))
		}
		kids = append(kids, v.facts(g.Detail)...)
		if g.Error != nil {
			kids = append(kids, v.failure("error", g.Error))
		}
		for _, p := range g.Problems {
			kids = append(kids, v.problem(p))
		}
		return append(kids, evidence(v.p, g.Evidence)...)
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
		for _, id := range p.Resources {
			if r := v.s.Resource(id); r != nil {
				kids = append(kids, v.resource("resource", r, graph.Evidence{}))
			}
		}
		for _, id := range p.Groups {
			if g := v.s.Group(id); g != nil {
				kids = append(kids, v.group("group", g))
			}
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

// facts are attributes, a line each.
func (v variables) facts(list []graph.Attr) []Variable {
	out := make([]Variable, len(list))
	for i, a := range list {
		value := fmt.Sprint(a.Value)
		if d, ok := a.Value.(time.Duration); ok {
			value = rounded(d)
		}
		name := strings.ReplaceAll(strings.TrimSuffix(a.Key, "_ms"), "_", " ")
		out[i] = Variable{Name: v.p.Safe(name), Value: v.p.Safe(value)}
	}
	return out
}

// rounded is a duration without digits that nobody reads.
func rounded(d time.Duration) string {
	if d.Abs() > time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Microsecond).String()
}
