package graph

import "fmt"

// addAlike adds problems, those of one code that are about one place as one: the
// first, with the tasks, resources and groups of all.
func addAlike(s *Snapshot, problems []*Problem) {
	type what struct {
		code, about string
		severity    Severity
	}
	var firsts []*Problem
	first := map[what]*Problem{}
	more := map[*Problem]int{}
	for _, p := range problems {
		key := what{p.Code, p.About, p.Severity}
		f := first[key]
		if f == nil {
			first[key] = p
			firsts = append(firsts, p)
			continue
		}
		more[f]++
		f.Tasks, f.Queued = append(f.Tasks, p.Tasks...), append(f.Queued, p.Queued...)
		f.Resources, f.Groups = append(f.Resources, p.Resources...), append(f.Groups, p.Groups...)
		f.Evidence = weaker(f.Evidence, p.Evidence)
	}
	for _, p := range firsts {
		if n := more[p]; n > 0 {
			p.Message += fmt.Sprintf(" (and %d more like it)", n)
		}
		p.Tasks, p.Queued = uniqueTaskIDs(p.Tasks), uniqueTaskIDs(p.Queued)
		p.Resources, p.Groups = sortedUnique(p.Resources), sortedUnique(p.Groups)
		addOnce(s, p)
	}
}
