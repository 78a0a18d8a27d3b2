package graph

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
)

// The codes of the problems that Seal finds itself; docs/problems.md has all.
const (
	codeDeadlock   = "deadlock"
	codeSelf       = "self-deadlock" // a circle of one task, at a lock that it has
	codeUnreadable = "unreadable"
	codeAsleep     = "all-asleep" // found by walkers: it says of all tasks what others say of some
)

// isDeadlock tells whether a problem is a circle of waits.
func (p *Problem) isDeadlock() bool { return p.Code == codeDeadlock || p.Code == codeSelf }

// eachProblem visits every problem of the snapshot and its items once, however
// many places it stands in.
func eachProblem(s *Snapshot, visit func(*Problem)) {
	seen := map[*Problem]bool{}
	each := func(problems []*Problem) {
		for _, p := range problems {
			if p != nil && !seen[p] {
				seen[p] = true
				visit(p)
			}
		}
	}
	each(s.Problems)
	for _, t := range s.Tasks {
		each(t.Problems)
	}
	for _, g := range s.Groups {
		each(g.Problems)
	}
}

// gatherProblems makes Snapshot.Problems the list of all there are: those of
// items join it, with what is said of many items said once. Then it gives each
// a fingerprint, and puts them in order.
func gatherProblems(s *Snapshot) {
	type words struct {
		code, message string
		severity      Severity
	}
	byWords := map[words]*Problem{}
	var list []*Problem
	for _, p := range s.Problems {
		if p == nil {
			continue
		}
		key := words{p.Code, p.Message, p.Severity}
		if byWords[key] == nil {
			byWords[key] = p
		}
		list = append(list, p)
	}
	var last, all *Problem // an item's, and what gathers those alike: many share one
	item := func(p *Problem, task TaskID, group GroupID) {
		if p != last {
			key := words{p.Code, p.Message, p.Severity}
			if last, all = p, byWords[key]; all == nil {
				all = &Problem{Code: p.Code, Message: p.Message, Severity: p.Severity, Evidence: p.Evidence, About: p.About, Suppressed: p.Suppressed, Reason: p.Reason}
				byWords[key] = all
				list = append(list, all)
			}
		}
		if task != "" {
			if len(all.Tasks) == cap(all.Tasks) { // append would copy a long list five times
				all.Tasks = slices.Grow(all.Tasks, len(all.Tasks)+1)
			}
			all.Tasks = append(all.Tasks, task)
		}
		if group != 0 {
			all.Groups = append(all.Groups, group)
		}
		all.Tasks = append(all.Tasks, p.Tasks...)
		all.Groups = append(all.Groups, p.Groups...)
		all.Resources = append(all.Resources, p.Resources...)
	}
	var untidy, tidied []*Problem // many share one list
	for _, t := range s.Tasks {
		if len(untidy) == 0 || !oneList(untidy, t.Problems) {
			untidy, tidied = t.Problems, tidy(t.Problems)
		}
		t.Problems = tidied
		for _, p := range t.Problems {
			item(p, t.ID, 0)
		}
	}
	for _, g := range s.Groups {
		g.Problems = tidy(g.Problems)
		for _, p := range g.Problems {
			item(p, "", g.ID)
		}
	}
	for _, p := range list {
		p.Tasks = uniqueTaskIDs(p.Tasks)
		p.Groups, p.Resources = sortedUnique(p.Groups), sortedUnique(p.Resources)
		if p.Fingerprint == "" {
			p.Fingerprint = fingerprint(s, p)
		}
	}
	sortProblems(list)
	s.Problems = list
}

// tidy orders an item's problems and drops repetitions.
func tidy(problems []*Problem) []*Problem {
	if len(problems) == 1 && problems[0] != nil {
		return problems // as many tasks may share
	}
	problems = keep(problems, func(p *Problem) bool { return p != nil })
	sortProblems(problems)
	return slices.CompactFunc(problems, func(a, b *Problem) bool {
		return a.Code == b.Code && a.Message == b.Message && a.Severity == b.Severity
	})
}

// fingerprint names a problem by its code and by what the tasks in it do:
// their functions and the kinds of what they wait on, without ids, addresses
// and counts, which differ from run to run. One that names no task, or is of
// what could not be read, has its message, without the numbers in it.
func fingerprint(s *Snapshot, p *Problem) string {
	if p.About != "" {
		return hashed(p.Code, p.About)
	}
	parts := map[string]bool{}
	var last *Task // of many that are alike one is enough
	s.EachTask(p.Tasks, func(t *Task) {
		if !t.doesAs(last) {
			parts[taskPrint(s, t)] = true
			last = t
		}
	})
	for _, id := range p.Groups {
		if g := s.Group(id); g != nil {
			parts["group "+g.Kind] = true
		}
	}
	for _, id := range p.Resources {
		if r := s.Resource(id); r != nil {
			parts["resource "+r.Kind+" "+r.Type] = true
		}
	}
	if len(p.Tasks) == 0 || p.Code == codeUnreadable || p.Code == "truncated" {
		parts[wordsOnly(p.Message)] = true
	}
	return hashed(p.Code, strings.Join(slices.Sorted(maps.Keys(parts)), "\x00"))
}

func hashed(code, what string) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s", code, what)
	return fmt.Sprintf("%016x", h.Sum64())
}

func taskPrint(s *Snapshot, t *Task) string {
	var b strings.Builder
	if f := t.standsAt(); f != nil {
		b.WriteString(f.Func)
	}
	eachWait(t.Waits, func(w *Wait) {
		b.WriteByte(1)
		b.WriteString(string(w.Kind))
	})
	return b.String()
}

// doesAs tells, where that costs nothing, that a task stands where another does,
// and waits for the same sort of thing.
func (t *Task) doesAs(other *Task) bool {
	if other == nil || !oneList(t.Frames, other.Frames) || len(t.Waits) != 1 || len(other.Waits) != 1 {
		return false
	}
	a, b := &t.Waits[0], &other.Waits[0]
	return a.Kind == b.Kind && a.Frame == b.Frame && len(a.Branches) == 0 && len(b.Branches) == 0
}

// wordsOnly leaves out of a sentence the words that hold a digit.
func wordsOnly(message string) string {
	words := strings.Fields(message)
	words = slices.DeleteFunc(words, func(w string) bool { return strings.ContainsAny(w, "0123456789") })
	return strings.Join(words, " ")
}
