package graph

import "io"

// DiffSchema is the name of the shape that [WriteDiffJSON] writes.
const DiffSchema = "dlv-async/diff/1"

// jsonStand is where a task stands, and what it waits for.
type jsonStand struct {
	State   string   `json:"state,omitempty"`
	Func    string   `json:"func,omitempty"`
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`
	Wait    WaitKind `json:"wait,omitempty"`
	On      string   `json:"on,omitempty"`
	SinceMS int64    `json:"since_ms,omitempty"`
}

type jsonChange struct {
	Task     TaskID        `json:"task"`
	From     *jsonStand    `json:"from,omitempty"`
	To       *jsonStand    `json:"to,omitempty"`
	Idle     bool          `json:"idle,omitempty"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

type jsonPlace struct {
	Func string   `json:"func,omitempty"`
	File string   `json:"file,omitempty"`
	Line int      `json:"line,omitempty"`
	Wait WaitKind `json:"wait,omitempty"`
	From int      `json:"from"`
	To   int      `json:"to"`
}

// WriteDiffJSON writes what changed from one snapshot to a later one as
// dlv-async/diff/1: docs/diff.schema.json.
func WriteDiffJSON(w io.Writer, d *Diff) error {
	out := newJSONWriter(w)
	out.field("schema", DiffSchema)
	out.field("from", toProcess(d.From.Process))
	out.field("to", toProcess(d.To.Process))
	if d.Elapsed != 0 {
		out.field("elapsed_ms", d.Elapsed.Milliseconds())
	}
	out.field("same_process", d.SameProcess)
	from := func(id TaskID) *jsonStand { return toStand(d.From, d.From.Task(id)) }
	to := func(id TaskID) *jsonStand { return toStand(d.To, d.To.Task(id)) }
	writeList(out, "new", d.New, func(id TaskID) any { return jsonChange{Task: id, To: to(id)} })
	writeList(out, "gone", d.Gone, func(id TaskID) any { return jsonChange{Task: id, From: from(id)} })
	writeList(out, "moved", d.Moved, func(id TaskID) any { return jsonChange{Task: id, From: from(id), To: to(id)} })
	writeList(out, "stuck", d.Stuck, func(s Stuck) any {
		return jsonChange{Task: s.Task, From: from(s.Task), To: to(s.Task), Idle: s.Idle, Evidence: toEvidence(s.Evidence)}
	})
	out.field("same", d.Same)
	writeList(out, "places", d.Places, func(p Place) any {
		j := jsonPlace{Wait: p.Wait, From: p.From, To: p.To}
		if p.At != nil {
			j.Func, j.File, j.Line = p.At.Func, p.At.File, p.At.Line
		}
		return j
	})
	writeList(out, "found", d.Found, func(p *Problem) any { return toProblem(p) })
	writeList(out, "resolved", d.Resolved, func(p *Problem) any { return toProblem(p) })
	return out.close()
}

func toStand(s *Snapshot, t *Task) *jsonStand {
	out := &jsonStand{State: t.State.String()}
	if f := t.standsAt(); f != nil {
		out.Func, out.File, out.Line = f.Func, f.File, f.Line
	}
	if len(t.Waits) == 0 {
		return out
	}
	w := &t.Waits[0]
	out.Wait, out.SinceMS, out.On = w.Kind, w.Since.Milliseconds(), string(w.Task)
	if r := s.Resource(w.Resource); r != nil {
		out.On = toAddress(r.Address)
	}
	if g := s.Group(w.Group); g != nil {
		out.On = toAddress(g.Address)
	}
	return out
}
