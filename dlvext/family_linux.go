package dlvext

import (
	"os"
	"slices"
)

// Family lists a process and all its descendants that have memory of their
// own, each behind its parent, by pid. Neither this program nor those that it
// started are among them. Of those that start or end meanwhile some may be
// missing, or be gone by the time that they are read.
func Family(pid int) ([]Relative, error) {
	if _, err := checkProcess(pid); err != nil {
		return nil, err
	}
	ids, err := processIDs()
	if err != nil {
		return nil, err
	}
	children := map[int][]int{}
	all := map[int]procStatus{}
	for _, id := range ids {
		status, err := readStatus(id)
		if err != nil || status.kernelThread || id == os.Getpid() {
			continue
		}
		all[id] = status
		children[status.parent] = append(children[status.parent], id)
	}
	var family []Relative
	seen := map[int]bool{}
	var add func(id int)
	add = func(id int) {
		status, ok := all[id]
		if !ok || seen[id] { // ids that were given anew may seem to make a circle
			return
		}
		seen[id] = true
		if id == pid || status.state != 'Z' && status.state != 'X' {
			family = append(family, Relative{PID: id, Parent: status.parent, Args: commandLine(id, status)})
		}
		slices.Sort(children[id])
		for _, child := range children[id] {
			add(child)
		}
	}
	add(pid)
	if len(family) == 0 {
		return nil, endedError(pid)
	}
	return family, nil
}
