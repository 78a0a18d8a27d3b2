package graph

import (
	"slices"
	"strconv"
	"strings"
)

// Find returns the tasks that a person's words may mean, in order: an id
// (go:57), a bare number where it is unique, a name, name=TEXT where a name looks
// like something else, ~text in a function's name, the address of a task, or of a resource or group they wait on, hold or
// belong to (0x...), thread:TID, or current: the one a core's process died in.
func (s *Snapshot) Find(words string) []*Task {
	if t := s.Task(TaskID(words)); t != nil {
		return []*Task{t}
	}
	switch {
	case words == "":
		return nil
	case words == "current" && s.Process.Death != nil:
		if t := s.Task(s.Process.Death.Task); t != nil {
			return []*Task{t}
		}
		return nil
	}
	if text, ok := strings.CutPrefix(words, "~"); ok {
		return s.those(func(t *Task) bool {
			return slices.ContainsFunc(t.Frames, func(f *Frame) bool { return strings.Contains(f.Func, text) })
		})
	}
	if name, ok := strings.CutPrefix(words, "name="); ok {
		return s.those(func(t *Task) bool { return t.Name == name && name != "" })
	}
	if tid, ok := strings.CutPrefix(words, "thread:"); ok {
		n, err := strconv.ParseInt(tid, 10, 32)
		if err != nil || n == 0 {
			return nil
		}
		return s.those(func(t *Task) bool { return t.Thread == int32(n) })
	}
	if hex, ok := strings.CutPrefix(words, "0x"); ok {
		if addr, err := strconv.ParseUint(hex, 16, 64); err == nil && addr != 0 {
			return s.at(words, addr)
		}
	}
	if found := s.those(func(t *Task) bool { _, n := splitTaskID(t.ID); return n == words || t.NativeID == words }); len(found) > 0 {
		return found
	}
	return s.those(func(t *Task) bool { return t.Name == words })
}

func (s *Snapshot) those(fit func(*Task) bool) []*Task {
	var found []*Task
	for _, t := range s.Tasks {
		if fit(t) {
			found = append(found, t)
		}
	}
	return found
}

// at returns the tasks that have to do with an address: the task that lives
// there, else those that wait on, hold or belong to what does.
func (s *Snapshot) at(words string, addr uint64) []*Task {
	hex := strconv.FormatUint(addr, 16)
	if found := s.those(func(t *Task) bool {
		_, n := splitTaskID(t.ID)
		return t.NativeID == words || t.NativeID == "0x"+hex || (n == hex && strings.HasPrefix(t.NativeID, "0x"))
	}); len(found) > 0 {
		return found
	}
	groups, resources := map[GroupID]bool{}, map[ResourceID]bool{}
	for _, g := range s.Groups {
		if g.Address == addr {
			groups[g.ID] = true
		}
	}
	for _, r := range s.Resources {
		if r.Address == addr {
			resources[r.ID] = true
		}
	}
	return s.those(func(t *Task) bool {
		return slices.ContainsFunc(t.Groups, func(g GroupID) bool { return groups[g] }) ||
			slices.ContainsFunc(t.Holds, func(h Hold) bool { return resources[h.Resource] }) ||
			findWait(t.Waits, func(w *Wait) bool { return groups[w.Group] || resources[w.Resource] }) != nil
	})
}
