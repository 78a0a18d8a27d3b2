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
	Problem  *jsonProblem  `json:"problem,omitempty"`
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
	writeList(out, "steps", toSteps(s.Why(id, WhyOptions{Limit: limit})), func(step jsonStep) any { return step })
	return out.close()
}

// toSteps lays a chain out, parents before children; nil: no steps.
func toSteps(root *Node) []jsonStep {
	type place struct {
		node  *Node
		under int
	}
	var order []place
	if root != nil {
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
	return toEach(order, func(p place) jsonStep {
		step := toStep(p.node)
		if p.under >= 0 {
			step.Under = &p.under
		}
		return step
	})
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
	switch {
	case l.Problem == nil:
	case l.Kind == LinkEnd:
		step.Problem = toFinding(l.Problem)
	default:
		step.Deadlock = l.Problem.Message
	}
	return step
}

// toFinding is a problem without what it names: that stands in the snapshot.
func toFinding(p *Problem) *jsonProblem {
	if p == nil {
		return nil
	}
	j := toProblem(p)
	j.Tasks, j.Queued, j.Resources, j.Groups = nil, nil, nil, nil
	return &j
}
