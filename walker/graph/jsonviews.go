package graph

import "io"

type jsonSegment struct {
	Relation string        `json:"relation"`
	Task     TaskID        `json:"task,omitempty"`
	Via      string        `json:"via,omitempty"`
	Closes   bool          `json:"closes,omitempty"`
	Cut      bool          `json:"cut,omitempty"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
	Frames   []jsonFrame   `json:"frames"`
}

func toPath(path Path) []jsonSegment {
	return toEach(path, func(seg Segment) jsonSegment {
		out := jsonSegment{
			Relation: seg.How.String(), Task: seg.Task, Via: toVia(seg.Group, seg.Resource),
			Closes: seg.Closes, Cut: seg.Cut, Evidence: toEvidence(seg.Evidence), Frames: toFrames(seg.Frames),
		}
		if out.Frames == nil {
			out.Frames = []jsonFrame{}
		}
		return out
	})
}

// WriteWhereJSON writes the logical backtraces of a task, at most limit of
// them, as dlv-async/where/1: docs/where.schema.json.
func WriteWhereJSON(w io.Writer, s *Snapshot, id TaskID, limit int) error {
	paths, total := s.Backtrace(id, limit)
	out := newJSONWriter(w)
	out.field("schema", WhereSchema)
	out.field("task", id)
	writeList(out, "paths", paths, func(p Path) any { return toPath(p) })
	if total > len(paths) {
		out.field("truncated", []jsonTruncation{{"paths", len(paths), total}})
	}
	return out.close()
}

type jsonStack struct {
	Count int           `json:"count"`
	Tasks []TaskID      `json:"tasks"`
	Path  []jsonSegment `json:"path"`
	More  int           `json:"more,omitempty"`
}

// WriteStacksJSON writes the coalesced logical stacks as dlv-async/stacks/1:
// docs/stacks.schema.json.
func WriteStacksJSON(w io.Writer, s *Snapshot, o ForestOptions) error {
	out := newJSONWriter(w)
	out.field("schema", StacksSchema)
	writeList(out, "stacks", s.Stacks(o), func(set StackSet) any {
		return jsonStack{len(set.Tasks), set.Tasks, toPath(set.Path), set.More}
	})
	return out.close()
}
