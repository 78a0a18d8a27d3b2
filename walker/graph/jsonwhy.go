package graph

import "io"

// WhySchema is the name of the shape that [WriteWhyJSON] writes.
const WhySchema = "dlv-async/why/1"

type jsonStep struct {
	Under    *int          `json:"under,omitempty"`
	Relation string        `json:"relation"`
	Task     TaskID        `json:"task,omitempty"`
	Via      string        `json:"via,omitempty"`
	Wait     *jsonWait     `json:"wait,omitempty"`
	See      bool          `json:"see,omitempty"`
	Closes   bool          `json:"closes,omitempty"`
	Deadlock string        `json:"deadlock,omitempty"`
	End      string        `json:"end,omitempty"`
	Count    int           `json:"count,omitempty"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

// WriteWhyJSON writes the chain of waits from a task to what it all hangs on
// as dlv-async/why/1: docs/why.schema.json. The steps stand in a flat list,
// parents before children: a chain may be deeper than a reader of JSON nests.
func WriteWhyJSON(w io.Writer, s *Snapshot, id TaskID, limit int) error {
	out := newJSONWriter(w)
	out.field("schema", WhySchema)
	out.field("task", id)
	type place struct {
		node  *Node
		under int
	}
	var order []place
	if root := s.Why(id, WhyOptions{Limit: limit}); root != nil {
		for stack := []place{{root, -1}}; len(stack) > 0; {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			at := len(order)
			order = append(order, top)
			for i := len(top.node.Children) - 1; i >= 0; i-- {
				stack = append(stack, place{top.node.Children[i], at})
			}
		}
	}
	writeList(out, "steps", order, func(p place) any {
		step := toStep(p.node)
		if p.under >= 0 {
			step.Under = &p.under
		}
		return step
	})
	return out.close()
}

func toStep(n *Node) jsonStep {
	step := jsonStep{Relation: "self", See: n.See, Closes: n.Closes, Evidence: toEvidence(n.Evidence)}
	l := n.Link
	if l == nil || l.Kind != LinkEnd && l.Kind != LinkBranch {
		step.Task = n.Task.ID
	}
	if l == nil {
		return step
	}
	step.Relation, step.End, step.Count = l.Kind.String(), l.End.String(), l.Count
	if l.Wait != nil {
		step.Via = toVia(l.Wait.Group, l.Wait.Resource)
	}
	if l.Kind == LinkBranch {
		step.Wait = &toWaits(n.Task, []Wait{*l.Wait})[0]
	}
	if l.Problem != nil {
		step.Deadlock = l.Problem.Message
	}
	return step
}
