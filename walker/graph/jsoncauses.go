package graph

import "io"

// CausesSchema is the name of the shape that [WriteCausesJSON] writes.
const CausesSchema = "dlv-async/causes/1"

type jsonCause struct {
	End     string       `json:"end,omitempty"`
	Problem *jsonProblem `json:"problem,omitempty"`
	Waiting int          `json:"waiting"`
	Behind  int          `json:"behind"`
	Tasks   []TaskID     `json:"tasks"`
	Example []jsonStep   `json:"example,omitempty"`
}

// WriteCausesJSON writes what the tasks of a process hang on as
// dlv-async/causes/1: docs/causes.schema.json. At most limit causes are
// written; 0: all.
func WriteCausesJSON(w io.Writer, s *Snapshot, system bool, limit int) error {
	c := s.Causes(CausesOptions{System: system, Examples: limit})
	list := c.List
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	out := newJSONWriter(w)
	out.field("schema", CausesSchema)
	out.field("tasks", c.Tasks)
	out.field("system", c.System)
	out.field("waiting", c.Waiting)
	out.field("stuck", c.Stuck)
	out.field("sure", c.Sure)
	writeList(out, "causes", list, func(c Cause) any {
		return jsonCause{
			End: c.End.String(), Problem: toFinding(c.Problem), Waiting: c.Waiting, Behind: c.Behind,
			Tasks: c.Tasks, Example: toSteps(c.Example),
		}
	})
	out.field("more", c.More+len(c.List)-len(list))
	return out.close()
}
