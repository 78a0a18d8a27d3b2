package hang

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Schema is the name of the JSON that WriteJSON writes: docs/hang.schema.json.
const Schema = "dlv-async/hang/1"

type hangJSON struct {
	Schema     string          `json:"schema"`
	Tool       string          `json:"tool"`
	Name       string          `json:"name"`
	PID        int             `json:"pid"`
	Sign       Sign            `json:"sign"`
	Cause      string          `json:"cause"`
	RunsForMS  int64           `json:"runs_for_ms"`
	DeadlineMS int64           `json:"deadline_ms,omitempty"`
	Tests      []testJSON      `json:"tests"`
	Children   []childJSON     `json:"children,omitempty"`
	Snapshot   json.RawMessage `json:"snapshot"`
}

type testJSON struct {
	Name  string       `json:"name,omitempty"`
	Task  graph.TaskID `json:"task"`
	Cause string       `json:"cause"`
	File  string       `json:"file,omitempty"`
	Line  int          `json:"line,omitempty"`
}

type childJSON struct {
	PID      int             `json:"pid"`
	Command  []string        `json:"command"`
	Error    string          `json:"error,omitempty"`
	Snapshot json.RawMessage `json:"snapshot,omitempty"`
}

// WriteJSON writes a hang as one object on one line.
func (h *Hang) WriteJSON(w io.Writer) error {
	out := hangJSON{
		Schema: Schema, Tool: h.Snapshot.Tool, Name: h.Name, PID: h.PID, Sign: h.Sign, Cause: h.Cause(),
		RunsForMS: h.After.Milliseconds(), DeadlineMS: h.Deadline.Milliseconds(),
	}
	for _, t := range h.Tests {
		one := testJSON{Name: t.Name, Task: t.Task, Cause: h.causeOf(t)}
		if t.At != nil {
			one.File, one.Line = t.At.File, t.At.Line
		}
		out.Tests = append(out.Tests, one)
	}
	var err error
	if out.Snapshot, err = raw(h.Snapshot); err != nil {
		return err
	}
	for _, c := range h.Children {
		one := childJSON{PID: c.PID, Command: c.Args}
		if c.Snapshot == nil {
			one.Error = c.Err.Error()
		} else if one.Snapshot, err = raw(c.Snapshot); err != nil {
			return err
		}
		out.Children = append(out.Children, one)
	}
	return json.NewEncoder(w).Encode(out)
}

func raw(s *graph.Snapshot) (json.RawMessage, error) {
	var b bytes.Buffer
	err := graph.WriteJSON(&b, s)
	return b.Bytes(), err
}
