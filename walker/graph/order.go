package graph

import (
	"cmp"
	"slices"
	"strings"
)

// compareTaskIDs orders by runtime, then by number: go:2 before go:10, and
// py:7f31c2a0 before py:17f31c2a0. Numbers are compared as text, the shorter
// one first, which holds for decimal and hexadecimal without parsing either.
func compareTaskIDs(a, b TaskID) int {
	sameRuntime := false
	for i := range min(len(a), len(b)) { // nearly always all there is to do
		if a[i] != b[i] {
			if sameRuntime {
				return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a[i], b[i]))
			}
			break
		}
		sameRuntime = sameRuntime || a[i] == ':'
	}
	ra, na := splitTaskID(a)
	rb, nb := splitTaskID(b)
	if c := strings.Compare(ra, rb); c != 0 {
		return c
	}
	if c := cmp.Compare(len(na), len(nb)); c != 0 {
		return c
	}
	if c := strings.Compare(na, nb); c != 0 {
		return c
	}
	return strings.Compare(string(a), string(b)) // "x" and "x:"
}

func splitTaskID(id TaskID) (runtime, number string) {
	runtime, number, _ = strings.Cut(string(id), ":")
	return runtime, number
}

func compareTasks(a, b *Task) int { return compareTaskIDs(a.ID, b.ID) }

func sortTasks(tasks []*Task)    { slices.SortFunc(tasks, compareTasks) }
func inOrder(tasks []*Task) bool { return slices.IsSortedFunc(tasks, compareTasks) }

func sortTaskIDs(ids []TaskID) { slices.SortFunc(ids, compareTaskIDs) }

// rising tells of ids that are in order, each once.
func rising(ids []TaskID) bool {
	for i := 1; i < len(ids); i++ {
		if compareTaskIDs(ids[i-1], ids[i]) >= 0 {
			return false
		}
	}
	return true
}

// uniqueTaskIDs returns a sorted copy without repetitions and empty ids.
func uniqueTaskIDs(ids []TaskID) []TaskID {
	if len(ids) > 0 && ids[0] != "" && rising(ids) {
		return slices.Clone(ids)
	}
	ids = keep(ids, func(id TaskID) bool { return id != "" })
	sortTaskIDs(ids)
	return slices.Clip(slices.Compact(ids))
}

func sortProblems(problems []*Problem) { slices.SortStableFunc(problems, compareProblems) }

// compareProblems puts the most severe first, of these what says least of its
// cause last, then orders by code, first task, and whatever else tells two apart.
func compareProblems(a, b *Problem) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		compareBool(a.Code == codeAsleep, b.Code == codeAsleep),
		strings.Compare(a.Code, b.Code),
		slices.CompareFunc(a.Tasks, b.Tasks, compareTaskIDs),
		slices.Compare(a.Groups, b.Groups),
		slices.Compare(a.Resources, b.Resources),
		strings.Compare(a.Message, b.Message),
	)
}
