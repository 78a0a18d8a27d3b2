package graph

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// The names of the shapes that this package writes.
const (
	SnapshotSchema = "dlv-async/snapshot/1"
	WhereSchema    = "dlv-async/where/1"
	StacksSchema   = "dlv-async/stacks/1"
)

const (
	maxAwaiters  = 1_000 // of one task
	whatAwaiters = "awaited_by"
)

// WriteJSON writes the snapshot as dlv-async/snapshot/1: docs/snapshot.schema.json.
// It writes one task after the other, each on a line of its own, and holds no
// second copy of them. Of a task's awaiters it writes at most 1,000, and says
// how many there were: a group of n members with m waiters has n times m.
func WriteJSON(w io.Writer, s *Snapshot) error {
	out := newJSONWriter(w)
	out.field("schema", SnapshotSchema)
	out.field("tool", s.Tool)
	if s.Filtered {
		out.field("filtered", true)
	}
	out.field("process", toProcess(s.Process))
	writeList(out, "runtimes", s.Runtimes, func(r *Runtime) any { return toRuntime(r) })
	awaiters := Truncation{What: whatAwaiters}
	writeList(out, "tasks", s.Tasks, func(t *Task) any {
		list, total := s.awaitedBy(t, maxAwaiters)
		awaiters.Kept += len(list)
		awaiters.Total += total
		return toTask(s, t, list)
	})
	writeList(out, "groups", s.Groups, func(g *Group) any { return toGroup(g) })
	writeList(out, "resources", s.Resources, func(r *Resource) any { return toResource(s, r) })
	writeList(out, "problems", s.Problems, func(p *Problem) any { return toProblem(p) })
	truncated := s.Truncated
	if awaiters.Kept < awaiters.Total {
		truncated = append(slices.Clip(truncated), awaiters)
	}
	writeList(out, "truncated", truncated, func(t Truncation) any { return jsonTruncation(t) })
	return out.close()
}

// jsonWriter writes one object, field by field. Its error sticks.
type jsonWriter struct {
	w      *bufio.Writer
	buf    bytes.Buffer
	enc    *json.Encoder
	fields int
	err    error
}

func newJSONWriter(w io.Writer) *jsonWriter {
	out := &jsonWriter{w: bufio.NewWriterSize(w, 1<<16)}
	out.enc = json.NewEncoder(&out.buf)
	out.enc.SetEscapeHTML(false)
	out.text("{")
	return out
}

func (out *jsonWriter) text(s string) {
	if out.err == nil {
		_, out.err = out.w.WriteString(s)
	}
}

// value writes v on the current line.
func (out *jsonWriter) value(v any) {
	if out.err != nil {
		return
	}
	out.buf.Reset()
	if out.err = out.enc.Encode(v); out.err != nil {
		return
	}
	b := escapeControls(bytes.TrimSuffix(out.buf.Bytes(), []byte{'\n'}))
	_, out.err = out.w.Write(b)
}

func (out *jsonWriter) name(name string) {
	if out.fields++; out.fields > 1 {
		out.text(",")
	}
	out.text("\n  \"" + name + "\": ")
}

func (out *jsonWriter) field(name string, v any) {
	out.name(name)
	out.value(v)
}

// writeList writes a list, one item a line.
func writeList[T any](out *jsonWriter, name string, items []T, to func(T) any) {
	out.name(name)
	out.text("[")
	for i, item := range items {
		if i > 0 {
			out.text(",")
		}
		out.text("\n    ")
		out.value(to(item))
	}
	if len(items) > 0 {
		out.text("\n  ")
	}
	out.text("]")
}

func (out *jsonWriter) close() error {
	out.text("\n}\n")
	if out.err == nil {
		out.err = out.w.Flush()
	}
	return out.err
}

// escapeControls escapes what encoding/json leaves as it is and a terminal may
// obey: DEL, the C1 controls, and what changes the direction of text. None of
// them can stand outside of a string.
func escapeControls(b []byte) []byte {
	if !hasControl(b) {
		return b
	}
	var out bytes.Buffer
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if isControl(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.Write(b[:n])
		}
		b = b[n:]
	}
	return out.Bytes()
}

// hasControl looks only at the bytes that those characters begin with in UTF-8.
func hasControl(b []byte) bool {
	for i, c := range b {
		switch c {
		case 0x7f, 0xc2, 0xd8, 0xe2:
			if r, _ := utf8.DecodeRune(b[i:]); isControl(r) {
				return true
			}
		}
	}
	return false
}

func isControl(r rune) bool {
	return r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}
