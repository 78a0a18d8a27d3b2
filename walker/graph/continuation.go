package graph

import "slices"

// continuations returns where a path goes on after a segment, one segment for
// each way, at most limit of them; and how many there are. None is where the
// path ends.
func (s *Snapshot) continuations(after Segment, onPath map[TaskID]int, limit int) (ways []Segment, total int) {
	if after.by != nil {
		return []Segment{created(after.by)}, 1
	}
	t := s.Task(after.Task)
	if t == nil {
		return nil, 0
	}
	if after.How == ContinueCreation && after.Evidence.Confidence == Proven {
		ways = s.beyondCreation(t, after, onPath)
		return ways, len(ways)
	}
	for _, rule := range []func(*Task, int) ([]Segment, int){s.scope, s.joins, s.handOffs, s.creation} {
		if ways, total = rule(t, limit); total > 0 {
			break
		}
	}
	for i := range ways {
		w := &ways[i]
		if w.Task == "" || onPath[w.Task] == 0 {
			continue
		}
		w.Closes = true
		if w.How != ContinueCreation { // where it was created is worth telling all the same
			w.Frames = nil
		}
	}
	return ways, total
}

// scope: t is in a group with a known opener. The path goes on there from the
// frame that opened the group, wherever the opener stands now.
func (s *Snapshot) scope(t *Task, _ int) ([]Segment, int) {
	if len(t.Groups) == 0 {
		return nil, 0
	}
	g := s.Group(t.Groups[0])
	if g == nil || g.OpenedAt == nil {
		return nil, 0
	}
	opener := s.Task(g.OpenedAt.Task)
	if opener == nil {
		return nil, 0
	}
	return []Segment{{
		How: ContinueScope, Task: opener.ID, Group: g.ID,
		Evidence: weaker(g.Evidence, g.OpenedAt.Evidence),
		Frames:   outwards(opener, g.OpenedAt.Frame),
	}}, 1
}

// joins: tasks that wait for t to end, directly or as a member of a group.
func (s *Snapshot) joins(t *Task, limit int) ([]Segment, int) {
	ways := slices.DeleteFunc(s.waysTo(t), func(w wayTo) bool { return w.resource != 0 })
	return s.waiting(t, ways, ContinueJoin, limit)
}

// handOffs: tasks that wait on a resource that t alone holds. That t will
// serve them is never certain.
func (s *Snapshot) handOffs(t *Task, limit int) ([]Segment, int) {
	ways := slices.DeleteFunc(s.waysTo(t), func(w wayTo) bool {
		r := s.Resource(w.resource)
		return r == nil || len(r.Holders) != 1
	})
	segments, total := s.waiting(t, ways, ContinueHandOff, limit)
	for i := range segments {
		segments[i].Evidence.Confidence = Inferred
	}
	return segments, total
}

// waiting returns a segment for each task that waits for t in one of the ways,
// at most limit of them; and how many there are, a lower bound over limit.
func (s *Snapshot) waiting(t *Task, ways []wayTo, how Continuation, limit int) (segments []Segment, total int) {
	seen := map[int32]bool{}
	for _, way := range ways {
		total = max(total, len(way.waiters))
		for _, j := range way.waiters {
			if seen[j] {
				continue
			}
			if len(segments) == limit {
				total = max(total, limit+1)
				break
			}
			seen[j] = true
			a, w := s.awaiter(j, t, way)
			segments = append(segments, Segment{
				How: how, Task: a.Task, Group: a.Group, Resource: a.Resource,
				Evidence: a.Evidence, Frames: outwards(s.Tasks[j], w.Frame),
			})
		}
	}
	return segments, max(total, len(segments))
}

// creation: the place that started t, as the runtime recorded it.
func (s *Snapshot) creation(t *Task, _ int) ([]Segment, int) {
	c := t.CreatedBy
	if c == nil || (c.Task == "" && c.At == nil) {
		return nil, 0
	}
	return []Segment{created(c)}, 1
}

// created is the segment of a creation.
func created(c *Creation) Segment {
	var frames []*Frame
	if c.At != nil {
		frames = append([]*Frame{c.At}, c.Stack...)
	}
	return Segment{
		How: ContinueCreation, Task: c.Task, Frames: frames, by: c.By,
		Evidence: Evidence{Confidence: Proven, How: "recorded when the task was created"},
	}
}

// beyondCreation goes on in the creator where the call that created the task
// is still on its stack: just one of its frames is in that function, so it is
// likely the same call.
func (s *Snapshot) beyondCreation(creator *Task, created Segment, onPath map[TaskID]int) []Segment {
	if len(created.Frames) != 1 || onPath[creator.ID] > 1 {
		return nil // the runtime recorded more, or nothing; or the path has been here
	}
	at := -1
	for i, f := range creator.Frames {
		if f.Func != created.Frames[0].Func || f.Func == "" {
			continue
		}
		if at >= 0 {
			return nil
		}
		at = i
	}
	if at < 0 {
		return nil
	}
	return []Segment{{
		How: ContinueCreation, Task: creator.ID, Frames: creator.Frames[at+1:],
		Evidence: Evidence{Confidence: Inferred, How: "the function that created the task is still on its creator's stack"},
	}}
}

// outwards returns the task's frames from index i outwards.
func outwards(t *Task, i int32) []*Frame {
	if i < 0 || int(i) >= len(t.Frames) {
		return nil
	}
	return t.Frames[i:]
}
