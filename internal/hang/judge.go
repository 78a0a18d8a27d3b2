package hang

import (
	"slices"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Verdict is what a snapshot says of the tests in it.
type Verdict struct {
	Tests   []Test // those under way: not those that wait for their turn, or for tests of their own
	Stuck   []Test // those of them that can never go on
	Guessed bool   // what makes them stuck is partly a guess
}

// Judge decides which tests can never go on. It accuses none that could, as far
// as is known: one that sleeps, waits for something outside of the process, or
// whose wait nobody is known to end, is not stuck.
func Judge(s *graph.Snapshot) Verdict {
	v := Verdict{Tests: testsOf(s)}
	j := &judge{s: s, culprits: map[graph.TaskID]*graph.Problem{}, known: map[graph.TaskID]bool{}}
	for _, p := range s.Problems {
		if !p.Suppressed && endless[p.Code] {
			for _, id := range append(slices.Clone(p.Tasks), p.Queued...) {
				if have := j.culprits[id]; have == nil || have.Evidence.Confidence > p.Evidence.Confidence {
					j.culprits[id] = p
				}
			}
		}
	}
	for _, t := range v.Tests {
		if j.stuck(t.Task, 0) {
			v.Stuck = append(v.Stuck, t)
		}
	}
	v.Guessed = j.guessed
	return v
}

// endless are the problems whose tasks can never go on.
var endless = map[string]bool{"deadlock": true, "self-deadlock": true, "all-asleep": true, "leak": true}

type judge struct {
	s        *graph.Snapshot
	culprits map[graph.TaskID]*graph.Problem // by who suffers
	known    map[graph.TaskID]bool           // what was decided of a task; of one in the making, that it is not stuck
	guessed  bool
}

// maxSteps bounds how far a chain of waits is followed.
const maxSteps = 1000

// stuck tells whether a task can never go on: it is part of what never ends,
// or all it waits for is a task or a group that is.
func (j *judge) stuck(id graph.TaskID, steps int) bool {
	if is, ok := j.known[id]; ok {
		return is
	}
	j.known[id] = false
	t := j.s.Task(id)
	if t == nil || steps > maxSteps {
		return false
	}
	if p := j.culprits[id]; p != nil {
		j.known[id] = true
		j.guessed = j.guessed || p.Evidence.Confidence != graph.Proven
		return true
	}
	if t.State != graph.StateWaiting && t.State != graph.StateBlocked || len(t.Waits) != 1 {
		return false
	}
	wait := &t.Waits[0]
	switch g := j.s.Group(wait.Group); {
	case len(wait.Branches) > 0 || wait.Deadline > 0 || t.Cancel != nil && t.Cancel.Pending:
		return false
	case wait.Kind == graph.WaitForever:
		j.known[id] = true
	case wait.Task != "":
		j.known[id] = j.stuck(wait.Task, steps+1)
	case g != nil && g.Outstanding != 0:
		j.known[id] = slices.ContainsFunc(g.Members, func(m graph.TaskID) bool { return j.stuck(m, steps+1) })
	}
	if j.known[id] && wait.Evidence.Confidence == graph.Inferred {
		j.guessed = true
	}
	return j.known[id]
}
