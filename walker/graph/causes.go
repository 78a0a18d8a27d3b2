package graph

import (
	"cmp"
	"slices"
)

// Causes say what the tasks of a process hang on in the end: [Snapshot.Causes].
type Causes struct {
	Tasks   int // counted: without those that have ended
	System  int // not counted: the runtime's own, where they were not asked for
	Waiting int // of Tasks, those that wait
	Stuck   int // of Waiting, those that hang on a cause whose problem is an error
	Sure    int // of Stuck, those of which that is proven, at each step

	List []Cause // first those whose problem is an error; within these and within the others, the one that most hang on
	More int     // how many more there are that were not followed
}

// Cause is one thing that tasks hang on in the end.
type Cause struct {
	End     End      // why the chains of waits that lead there go on no further
	Problem *Problem // the finding that explains it; nil: none does
	Tasks   []TaskID // those at the end of the chains: who read from the network, who stand in the circle
	Wait    *Wait    // of the first of Tasks, the wait that ends the chain; nil: it does not wait
	Waiting int      // how many tasks hang on it: those of Tasks that wait, and all behind
	Behind  int      // of these, those that are not of Tasks
	Example *Node    // one chain of waits that leads there, as of [Snapshot.Why]; nil: not made
}

// CausesOptions say what is counted.
type CausesOptions struct {
	System   bool // the runtime's own tasks too
	Examples int  // of so many causes a chain is made; 0: of all that are followed
}

// Bounds of what is made of the causes.
const (
	maxCauses  = 1024 // followed; of more, those with the most tasks at their end
	maxExample = 10   // tasks in a chain that is an example
)

// Causes follows the waits of all tasks to what they hang on.
//
// A task hangs on a cause when waits lead from it there: to the task that is
// awaited, to each member of a group that is left, to each holder of a
// resource, and on from these. Of several things any one of which would do,
// those that lead to a task are followed, and only where none does the wait
// itself is the end; where all are needed, each is followed or an end. So a
// task may hang on several causes, and each that waits hangs on one at least.
//
// What is alike is one cause: what one problem explains; waits on one lock
// whose holder is not known; ends of one kind at one place in the program. A circle that
// leads out nowhere is a cause, and so is every deadlock.
//
// Of a filtered snapshot, the tasks in it are counted, and the whole is followed.
func (s *Snapshot) Causes(o CausesOptions) Causes {
	g := newCauseGraph(s.all())
	g.circles()
	g.pick()
	counted := make([]bool, len(g.s.Tasks))
	var out Causes
	for i, t := range s.Tasks {
		end := endOf(t)
		if end == EndEnded {
			continue
		}
		if t.System && !o.System {
			out.System++
			continue
		}
		out.Tasks++
		at, ok := int32(i), true
		if s != g.s {
			at, ok = g.s.taskIndex(t.ID)
		}
		if ok && end != EndRuns {
			counted[at] = true
			out.Waiting++
		}
	}
	out.More = len(g.causes) - len(g.picked)
	g.count(counted)
	out.Stuck = g.stuck(counted, g.back, func(*cause) bool { return true })
	if out.Stuck > 0 {
		sure := newAdjacency(int(g.firstC)+len(g.causes), backwards(g.sure))
		out.Sure = g.stuck(counted, sure, func(c *cause) bool { return c.Problem.Evidence.Confidence == Proven })
	}
	var list []*cause
	for _, c := range g.picked {
		if c.Waiting == 0 {
			continue
		}
		if !o.System {
			g.withoutSystem(c)
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b *cause) int {
		return cmp.Or(-compareBool(a.IsError(), b.IsError()), cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(b.Behind, a.Behind), -compareBool(a.End == EndCircle, b.End == EndCircle))
	})
	for i, c := range list {
		if o.Examples == 0 || i < o.Examples {
			c.Example = g.example(c, counted)
		}
		out.List = append(out.List, *c.Cause)
	}
	return out
}

// withoutSystem leaves out the runtime's own tasks, unless there are no others.
func (g *causeGraph) withoutSystem(c *cause) {
	system := func(i int32) bool { return g.s.Tasks[i].System }
	if !slices.ContainsFunc(c.ends, system) {
		return
	}
	if own := keep(c.ends, func(i int32) bool { return !system(i) }); len(own) > 0 {
		c.ends, c.Tasks = own, g.s.idsOf(own)
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// IsError reports that what the tasks hang on is an error, and not silenced.
func (c *Cause) IsError() bool {
	return c.Problem != nil && c.Problem.Severity == Error && !c.Problem.Suppressed
}

// noCause are the codes of problems that explain no wait of the tasks they name.
var noCause = map[string]bool{
	codeUnreadable: true, "torn": true, "truncated": true, "source": true,
	"lost-exception": true, "never-awaited": true, codeTaskPileup: true, "timer-pileup": true,
	codeSaturated: true, "starvation": true, "lock-across-wait": true, // of those who hold, and what they wait for is the cause
}

// explanations are, of each task, the worst of the problems that explain what
// it does; deadlocks are causes of their own.
func explanations(s *Snapshot) map[TaskID]*Problem {
	out := map[TaskID]*Problem{}
	for _, p := range s.Problems { // the most severe come first
		if noCause[p.Code] || p.isDeadlock() || p.Suppressed {
			continue
		}
		for _, id := range p.Tasks {
			if out[id] == nil {
				out[id] = p
			}
		}
	}
	return out
}
