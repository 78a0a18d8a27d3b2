package view

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/graph"
)

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
	t := v.s.Task(c.Task)
	if t == nil && len(c.Stack) == 0 && c.By == nil {
		return out
	}
	out.Children = func() []Variable {
		var kids []Variable
		for _, f := range c.Stack {
			kids = append(kids, v.place("from", f))
		}
		if c.By != nil {
			kids = append(kids, v.creation(c.By))
		}
		if t != nil {
			kids = append(kids, v.of(t, true)...)
		}
		return kids
	}
	return out
}

// failure is an error, with what is behind it below.
func (v variables) failure(name string, e *graph.Failure) Variable {
	out := Variable{Name: name, Value: v.said(e.Type, e.Message), Type: v.p.Safe(e.Type)}
	out.Children = func() []Variable {
		kids := []Variable{{Name: "retrieved", Value: fmt.Sprint(e.Retrieved)}}
		if t := v.s.Task(e.Task); t != nil {
			kids = append(kids, v.task("of", t))
		}
		for _, r := range e.Chain {
			kids = append(kids, v.reason(r))
		}
		return kids
	}
	return out
}

// reason is what an error has behind it, beside it or in it.
func (v variables) reason(r graph.Reason) Variable {
	names := map[graph.ReasonRelation]string{
		graph.ReasonCause: "caused by", graph.ReasonContext: "raised while handling", graph.ReasonMember: "one of it", graph.ReasonNote: "note",
	}
	out := Variable{Name: names[r.Relation], Value: v.said(r.Type, r.Message), Type: v.p.Safe(r.Type), Place: r.At}
	if out.Name == "" {
		out.Name = v.p.Safe(string(r.Relation))
	}
	if r.At != nil {
		out.Value += " at " + joined(v.p.Function(r.At), v.p.At(r.At))
	}
	return out
}

// said is an error by its type and its words.
func (v variables) said(kind, message string) string {
	if kind == "" || message == "" {
		return v.p.Safe(kind + message)
	}
	return v.p.Safe(kind + ": " + message)
}

// cancellation is what a task was asked to do.
func (v variables) cancellation(c *graph.Cancellation) Variable {
	out := Variable{Name: "cancellation", Value: number(c.Requested) + " requested"}
	if c.Pending {
		out.Value += ", not delivered yet"
	}
	if c.Message != "" {
		out.Value += ": " + v.p.Safe(c.Message)
	}
	return out
}
