package golang

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// leak is goroutines of which the same is to be said: they stand in the same
// place, and one go statement started them.
type leak struct {
	gs      []*goroutine
	runtime int    // of them, how many the runtime itself has found
	found   int    // how many were found here
	keeper  string // of a channel that only a variable leads to
}

// leakKey tells them apart.
type leakKey struct {
	shape  *shape
	gopc   uint64
	keeper string
}

// leaks are those found so far, in the order of their first goroutines.
type leaks struct {
	byKey map[leakKey]*leak
	order []*leak
}

func (l *leaks) of(w *walk, g *goroutine, keeper string) *leak {
	k := leakKey{w.shape(g), g.gopc, keeper}
	if keeper != "" {
		k = leakKey{keeper: keeper} // who waits on what it leads to is one finding
	}
	if l.byKey[k] == nil {
		if l.byKey == nil {
			l.byKey = map[leakKey]*leak{}
		}
		l.byKey[k] = &leak{keeper: keeper}
		l.order = append(l.order, l.byKey[k])
	}
	one := l.byKey[k]
	one.gs = append(one.gs, g)
	return one
}

// leakCodes are the problems that are found on the heap alone.
var leakCodes = []string{"leak", "held-by-global"}

// reportLeaks says which goroutines nothing can wake any more: those that the
// runtime has found, when somebody asked it for the profile goroutineleak, and
// those that are found here, where the heap is at hand.
// https://github.com/golang/go/blob/go1.27.1/src/runtime/mgc.go#L1176
func (w *walk) reportLeaks(ctx context.Context, tasks []graph.Task) {
	r, err := w.searchLeaks(ctx)
	switch {
	case errors.Is(err, errNoHeap) && !w.anyStuck():
		w.lookedFor = leakCodes // there is nobody who could be one
	case err != nil:
		w.remarks = append(w.remarks, "whether goroutines leaked was not looked into: "+err.Error())
	case len(r.doubts) > 0:
		w.remarks = append(w.remarks, "whether goroutines leaked is not known: "+strings.Join(r.doubts, "; "))
		r = nil
	default:
		w.lookedFor = leakCodes
	}
	index := map[graph.TaskID]*graph.Task{}
	if r != nil {
		for i := range tasks {
			index[tasks[i].ID] = &tasks[i]
		}
		r.findOtherEnds(index, false)
		r.findOtherEnds(index, true)
	}
	var found, kept leaks
	for _, g := range w.goroutines {
		stuck := r != nil && r.suspects[g] && g.id != 1
		if stuck || g.status == gLeaked {
			l := found.of(w, g, "")
			if stuck {
				l.found++
			}
			if g.status == gLeaked {
				l.runtime++
			}
		} else if r != nil && r.keeper[g] != "" && w.tellKept(g, index[taskID(g.id)], r.keeper[g]) {
			kept.of(w, g, r.keeper[g])
		}
	}
	for _, l := range found.order {
		w.b.Problem(w.leakProblem(l, index))
	}
	for _, l := range kept.order {
		w.b.Problem(w.keptProblem(l, index))
	}
}

// searchLeaks looks through the heap.
func (w *walk) searchLeaks(ctx context.Context) (*reach, error) {
	h, err := w.openHeap()
	if err != nil {
		return nil, err
	}
	r := w.newReach(ctx, h)
	if len(w.unreadable) > 0 || w.cut > 0 {
		r.doubt("some goroutines could not be read")
		return r, nil
	}
	r.run()
	return r, nil
}

// anyStuck tells whether there is anybody for whom it is worth to look.
func (w *walk) anyStuck() bool { return slices.ContainsFunc(w.goroutines, w.canBeStuck) }

// tellKept tells whether it is worth saying that only a variable leads to what a
// goroutine waits on: to a channel, in a variable of the user's own, and not to the
// one that workers wait on for work. Locks in variables are what they are for.
func (w *walk) tellKept(g *goroutine, t *graph.Task, variable string) bool {
	if t == nil || len(t.Waits) == 0 || g.id == 1 {
		return false
	}
	if k := t.Waits[0].Kind; k != graph.WaitChanReceive && k != graph.WaitChanSend {
		return false
	}
	if r := w.b.ResourceByID(t.Waits[0].Resource); r == nil || len(r.Holders) > 0 {
		return false
	}
	for _, id := range t.Groups {
		if w.b.GroupByID(id).Kind == kindCrew {
			return false
		}
	}
	return w.origins.of(packageOf(variable)) == graph.OriginUser
}

// maxLeakResources is how many channels and locks one finding names.
const maxLeakResources = 16

// about fills in whom a finding is about, and returns how to call them, and what
// they wait on.
func (w *walk) about(p *graph.Problem, l *leak, index map[graph.TaskID]*graph.Task) (who, what string) {
	resources := map[graph.ResourceID]bool{}
	forever := false
	for _, g := range l.gs {
		id := taskID(g.id)
		p.Tasks = append(p.Tasks, id)
		t := index[id]
		if t == nil || len(t.Waits) == 0 {
			continue
		}
		wait := &t.Waits[0]
		forever = forever || wait.Kind == graph.WaitForever
		if wait.Resource != 0 {
			resources[wait.Resource] = true
		}
		for i := range wait.Branches {
			if b := &wait.Branches[i]; b.Resource != 0 {
				resources[b.Resource] = true
			}
		}
	}
	p.Resources = slices.SortedFunc(maps.Keys(resources), cmp.Compare)
	p.Resources = p.Resources[:min(len(p.Resources), maxLeakResources)]
	fn := w.nameOf(l.gs[0], w.shape(l.gs[0]))
	fn = fn[strings.LastIndexByte(packageOf(fn), '/')+1:] // as it is shown elsewhere
	who = fmt.Sprintf("%d goroutines that began in %s", len(l.gs), fn)
	what = "what they wait for"
	if len(l.gs) == 1 {
		who, what = "a goroutine that began in "+fn, "what it waits for"
	} else if l.keeper != "" {
		who = fmt.Sprintf("%d goroutines", len(l.gs))
	}
	switch {
	case forever:
		what = ""
	case len(resources) == 1:
		r := w.b.ResourceByID(p.Resources[0])
		what = fmt.Sprintf("%s 0x%x", r.Kind, r.Address)
	}
	return who, what
}

// leakProblem is the finding that goroutines leaked.
func (w *walk) leakProblem(l *leak, index map[graph.TaskID]*graph.Task) *graph.Problem {
	p := &graph.Problem{Code: "leak", Severity: graph.Warning}
	who, what := w.about(p, l, index)
	const marked, reached = "g.atomicstatus = _Gleaked", "nothing that can run leads to it: stacks by their maps, the heap by its pointer masks, all variables"
	switch {
	case l.found == 0:
		p.Message = who + " leaked: nothing that still runs can reach " + cmp.Or(what, "it") + ", as the runtime found"
		p.Evidence = proven(marked)
		return p
	case what == "":
		p.Message = who + " can never be woken: " + cmp.Or(w.reasonOf(l.gs[0]), "nothing") + " has no end"
		p.Evidence = proven("g.waitreason")
	default:
		p.Message = who + " can never be woken: nothing that can run reaches " + what
		p.Evidence = inferred(reached)
	}
	switch {
	case l.runtime == 0:
	case l.runtime == len(l.gs):
		p.Message += "; the runtime found the same"
		p.Evidence = proven(marked + "; and " + p.Evidence.How)
	default:
		p.Message += fmt.Sprintf("; the runtime found the same of %d", l.runtime)
		p.Evidence.How += fmt.Sprintf("; of %d %s", l.runtime, marked)
	}
	return p
}

// keptProblem is the finding that only a variable leads to a channel.
func (w *walk) keptProblem(l *leak, index map[graph.TaskID]*graph.Task) *graph.Problem {
	p := &graph.Problem{
		Code: "held-by-global", Severity: graph.Info,
		Evidence: inferred("without this variable nothing that can run leads to it"),
	}
	who, what := w.about(p, l, index)
	verb := " waits on "
	if len(l.gs) > 1 {
		verb = " wait on "
	}
	if len(p.Resources) != 1 {
		what = "channels"
	}
	p.Message = who + verb + what + ", and only the variable " + l.keeper + " leads there: no goroutine that can run does"
	return p
}
