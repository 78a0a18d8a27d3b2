package view

import (
	"slices"
	"strconv"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Frame is a line of a call stack: a frame, or the label of a crossing from
// one task to another.
type Frame struct {
	Label string // of a crossing; "": it is a frame
	Frame *graph.Frame
	Task  graph.TaskID // whose frame it is, or where the crossing leads; "": not known
	Index int          // which of the task's frames; -1: the place that started a task, which is no frame now
}

// most bounds the frames behind a task's own. A chain of awaiters may be long.
const most = 10_000

// Own are a task's own frames.
func Own(s *graph.Snapshot, id graph.TaskID) []Frame {
	t := s.Task(id)
	if t == nil {
		return nil
	}
	frames := make([]Frame, len(t.Frames))
	for i, f := range t.Frames {
		frames[i] = Frame{Frame: f, Task: id, Index: i}
	}
	return frames
}

// Beyond is where the logical call stack of a task goes on behind its own
// frames: through the tasks that await it or opened its group, to the place of
// its creation. Where there are several ways on, it is the first of them, and
// its label says so.
func Beyond(s *graph.Snapshot, id graph.TaskID) []Frame {
	paths, total := s.Backtrace(id, 1)
	if len(paths) == 0 {
		return nil
	}
	p := render.NewPhrases(s)
	var out []Frame
	from := id
	for i, seg := range paths[0] {
		if i == 0 {
			continue // its own
		}
		label := p.Crossing(seg, from)
		if i == 1 && total > 1 {
			label += ", one of " + strconv.Itoa(total) + " ways on (async where " + string(id) + ")"
		}
		if !standsThere(paths[0], i) {
			out = append(out, Frame{Label: "── " + label + " ──", Task: seg.Task})
		}
		out = append(out, segment(s, seg)...)
		if seg.Cut || len(out) > most {
			return append(out, Frame{Label: "── it goes on, and was not followed further ──"})
		}
		if seg.Task != "" {
			from = seg.Task
		}
	}
	return out
}

// standsThere reports that a segment is the call in which the creator created
// the one before it, which it still stands in: no crossing.
func standsThere(path graph.Path, i int) bool {
	seg, before := path[i], path[i-1]
	return i > 1 && seg.How == graph.ContinueCreation && before.How == graph.ContinueCreation &&
		seg.Task == before.Task && seg.Evidence.Confidence == graph.Inferred && len(before.Frames) <= 1
}

// segment are the frames of one segment, without the runtime's own.
func segment(s *graph.Snapshot, seg graph.Segment) []Frame {
	first := -1
	if t := s.Task(seg.Task); t != nil && len(seg.Frames) > 0 {
		if n := len(t.Frames) - len(seg.Frames); n >= 0 && slices.Equal(t.Frames[n:], seg.Frames) {
			first = n
		}
	}
	var out []Frame
	for i, f := range seg.Frames {
		index := -1
		if first >= 0 {
			index = first + i
		}
		if !f.Hidden {
			out = append(out, Frame{Frame: f, Task: seg.Task, Index: index})
		}
	}
	return out
}
