package graph

import (
	"cmp"
	"path"
	"slices"
	"time"
)

// Diff is what became of the tasks of one snapshot in a later one. The lists
// are in the order of the tasks.
type Diff struct {
	From, To    *Snapshot
	Elapsed     time.Duration // between the two; 0: not known
	SameProcess bool          // otherwise no task of the one is one of the other, and places alone are compared

	New   []TaskID // in To alone
	Gone  []TaskID // in From alone
	Moved []TaskID // in both, at another place or in another wait
	Stuck []Stuck  // in both, at the same place and in the same wait
	Same  int      // in both, neither moved nor waiting

	Places   []Place    // where the number of tasks changed, the largest change first
	Found    []*Problem // of To, and not of From
	Resolved []*Problem // of From, and not of To
}

// Stuck is a task that stands in both snapshots at the same place, and waits
// for the same thing.
type Stuck struct {
	Task     TaskID
	Idle     bool     // what it waits for is a matter of time, or outside of the process: no other task is missed
	Evidence Evidence // that it did not move in between
}

// Place is how many tasks stand at one place and wait in one way.
type Place struct {
	At       *Frame   // nil: not known
	Wait     WaitKind // "": they do not wait
	From, To int
}

// Compare tells what changed from one snapshot to a later one. Tasks of one
// process are the same when they have the same id and began in the same way: an
// id that is an address may come again.
func Compare(from, to *Snapshot, system bool) *Diff {
	d := &Diff{From: from, To: to, SameProcess: sameProcess(from.Process, to.Process)}
	if a, b := from.Process.CapturedAt, to.Process.CapturedAt; !a.IsZero() && !b.IsZero() {
		d.Elapsed = b.Sub(a)
	}
	d.tasks(system)
	d.places(system)
	d.problems()
	return d
}

func sameProcess(a, b Process) bool {
	return (a.PID == b.PID || a.PID == 0 || b.PID == 0) && path.Base(a.Exe) == path.Base(b.Exe)
}

// tasks walks through both lists, which are ordered alike.
func (d *Diff) tasks(system bool) {
	if !d.SameProcess {
		return
	}
	hidden := func(t *Task) bool { return t.System && !system }
	a, b := d.From.Tasks, d.To.Tasks
	for len(a) > 0 || len(b) > 0 {
		var order int
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = compareTasks(a[0], b[0])
		}
		if order <= 0 && hidden(a[0]) {
			a = a[1:]
			if order == 0 {
				b = b[1:]
			}
			continue
		}
		switch {
		case order < 0:
			d.Gone = append(d.Gone, a[0].ID)
			a = a[1:]
		case order > 0:
			if !hidden(b[0]) {
				d.New = append(d.New, b[0].ID)
			}
			b = b[1:]
		default:
			d.task(a[0], b[0])
			a, b = a[1:], b[1:]
		}
	}
}

// task compares a task with the later one of the same id.
func (d *Diff) task(a, b *Task) {
	switch {
	case !sameTask(a, b):
		d.Gone, d.New = append(d.Gone, a.ID), append(d.New, b.ID)
	case a.State != b.State || !slices.EqualFunc(a.Frames, b.Frames, samePlace) || !d.sameWaits(a.Waits, b.Waits):
		d.Moved = append(d.Moved, b.ID)
	case !stuck(b) || len(b.Waits) == 0:
		d.Same++
	default:
		e := Evidence{Inferred, "that it did not move in between"}
		if d.Elapsed > 0 && b.Waits[0].Since >= d.Elapsed {
			e = Evidence{Proven, "it has waited for longer than the time in between"}
		}
		d.Stuck = append(d.Stuck, Stuck{b.ID, d.idle(&b.Waits[0]), e})
	}
}

// idle reports that a wait ends without another task of the process.
func (d *Diff) idle(w *Wait) bool {
	if len(w.Branches) > 0 {
		idle := func(w Wait) bool { return d.idle(&w) }
		if w.Kind == WaitGather {
			return !slices.ContainsFunc(w.Branches, func(w Wait) bool { return !idle(w) })
		}
		return slices.ContainsFunc(w.Branches, idle)
	}
	s := d.To.all()
	if r := s.Resource(w.Resource); w.Task != "" || w.Group != 0 || r != nil && len(r.Holders) > 0 {
		return false
	}
	end := s.endOfWait(w)
	return end == EndTimer || end == EndOutside
}

// sameTask reports that two tasks with one id can be one: they began in the
// same function, and were started at the same place, so far as is known.
func sameTask(a, b *Task) bool {
	if a.Kind != b.Kind {
		return false
	}
	if n, m := len(a.Frames), len(b.Frames); n > 0 && m > 0 && a.Frames[n-1].Func != b.Frames[m-1].Func {
		return false
	}
	return a.CreatedBy == nil || b.CreatedBy == nil || a.CreatedBy.At == nil || b.CreatedBy.At == nil ||
		samePlace(a.CreatedBy.At, b.CreatedBy.At)
}

func samePlace(a, b *Frame) bool { return a.Func == b.Func && a.File == b.File && a.Line == b.Line }

func (d *Diff) sameWaits(a, b []Wait) bool {
	return slices.EqualFunc(a, b, func(a, b Wait) bool {
		if a.Kind != b.Kind || a.Task != b.Task || !d.sameWaits(a.Branches, b.Branches) {
			return false
		}
		ra, rb := d.From.Resource(a.Resource), d.To.Resource(b.Resource)
		ga, gb := d.From.Group(a.Group), d.To.Group(b.Group)
		return (ra == nil) == (rb == nil) && (ga == nil) == (gb == nil) &&
			(ra == nil || ra.Kind == rb.Kind && ra.Address == rb.Address) &&
			(ga == nil || ga.Kind == gb.Kind && ga.Address == gb.Address)
	})
}

// places counts the tasks at each place and keeps those whose number changed.
func (d *Diff) places(system bool) {
	index := map[tallyKey]int{}
	count := func(s *Snapshot, add func(*Place)) {
		for _, t := range s.Tasks {
			if t.System && !system {
				continue
			}
			p := Place{At: t.standsAt()}
			if len(t.Waits) > 0 {
				p.Wait = t.Waits[0].Kind
			}
			key := newTallyKey(string(p.Wait), p.At)
			i, ok := index[key]
			if !ok {
				i = len(d.Places)
				index[key] = i
				d.Places = append(d.Places, p)
			}
			add(&d.Places[i])
		}
	}
	count(d.From, func(p *Place) { p.From++ })
	count(d.To, func(p *Place) { p.To++ })
	d.Places = slices.DeleteFunc(d.Places, func(p Place) bool { return p.From == p.To })
	slices.SortStableFunc(d.Places, func(a, b Place) int { return cmp.Compare(change(b), change(a)) })
}

func change(p Place) int { return max(p.To-p.From, p.From-p.To) }

// problems tells those that are new and those that are gone by what they are
// made of: the same one has the same fingerprint in both.
func (d *Diff) problems() {
	had, has := map[string]int{}, map[string]int{}
	for _, p := range d.From.Problems {
		had[p.Fingerprint]++
	}
	for _, p := range d.To.Problems {
		has[p.Fingerprint]++
		if has[p.Fingerprint] > had[p.Fingerprint] {
			d.Found = append(d.Found, p)
		}
	}
	for _, p := range d.From.Problems {
		if had[p.Fingerprint] > has[p.Fingerprint] {
			had[p.Fingerprint]--
			d.Resolved = append(d.Resolved, p)
		}
	}
}
