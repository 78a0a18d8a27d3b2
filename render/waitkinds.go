package render

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// which stands for a thing that a wait is on and that could not be told.
const which = "which one is not known"

func (v *view) onTask(w *graph.Wait) said {
	return said{core: "waits for " + string(w.Task), more: suffix(" ", v.nameOf(w.Task)) + notes(v.known(w.Evidence))}
}

// nameOf is a task's own name, to stand behind its id where that tells little.
func (v *view) nameOf(id graph.TaskID) string {
	t := v.s.Task(id)
	if t == nil {
		return ""
	}
	return v.ownName(t)
}

func (v *view) onGroup(w *graph.Wait) said {
	g := v.s.Group(w.Group)
	if g == nil {
		return said{core: "waits for a group", more: notes(which)}
	}
	return said{core: "waits for " + groupName(g), more: notes(left(g), v.known(w.Evidence))}
}

// left says how many members a group waits for, and how many of them were found.
func left(g *graph.Group) string {
	switch {
	case g.Outstanding < 0:
		return ""
	case len(g.Members) < g.Outstanding:
		return number(g.Outstanding) + " left, " + number(len(g.Members)) + " of them found"
	}
	return number(g.Outstanding) + " left"
}

func (v *view) onChan(w *graph.Wait, r *graph.Resource) said {
	preposition, nobody := " from ", "nobody is sending"
	if w.Kind == graph.WaitChanSend {
		preposition, nobody = " to ", "nobody is receiving"
	}
	if r == nil {
		return said{core: string(w.Kind), more: notes(which)}
	}
	d := detail(r.Detail)
	if _, read := d.number("len"); !read || r.Kind != "chan" {
		nobody = ""
	}
	if who := v.couldServe(r, w); who != "" {
		nobody = who
	}
	return said{
		core: string(w.Kind) + preposition + or(address(r.Address), "a "+typeName(or(r.Type, r.Kind))),
		more: notes(typeName(r.Type), buffer(d, w.Kind), nobody, v.known(w.Evidence)),
	}
}

// buffer says what stands in a channel's buffer, in the words of one who waits on it.
func buffer(d detail, kind graph.WaitKind) string {
	length, okLen := d.number("len")
	size, okCap := d.number("cap")
	switch {
	case d.is("closed"):
		return "closed"
	case !okLen || !okCap:
		return ""
	case size == 0:
		return "unbuffered"
	case kind == graph.WaitChanReceive && length == 0:
		return "empty"
	case kind == graph.WaitChanSend && length == size:
		return "full: " + number(length)
	}
	return "holds " + number(length) + " of " + number(size)
}

// fewReached is how many tasks that can get at a channel are worth naming where it
// is shown; why names more.
const fewReached = 2

// couldServe names the tasks that could end a wait on a channel.
func (v *view) couldServe(r *graph.Resource, w *graph.Wait) string {
	who := r.Holders
	if by := v.s.Reached(r); len(who) == 0 && len(by) <= fewReached {
		who = by
	}
	if len(who) == 0 {
		return ""
	}
	verb, only := " could send", ""
	if w.Kind == graph.WaitChanSend {
		verb = " could receive"
	}
	if detail(r.Detail).is(graph.DetailOutOfReach) {
		only = "only "
	}
	return only + v.holders(who) + verb + suffix(": ", v.known(weakest(who)))
}

func (v *view) onLock(w *graph.Wait, r *graph.Resource) said {
	noun, purpose := "a "+string(w.Kind), ""
	switch w.Kind {
	case graph.WaitRWMutexRead:
		noun, purpose = "an RWMutex", " for reading"
	case graph.WaitRWMutexWrite:
		noun, purpose = "an RWMutex", " for writing"
	}
	if r == nil {
		return said{core: "wants " + noun + purpose, more: notes(which)}
	}
	d := detail(r.Detail)
	var state []string
	holder := ""
	switch {
	case len(r.Holders) > 0:
		holder = ", held by " + v.holders(r.Holders) + suffix(" (", v.known(weakest(r.Holders)), ")")
	case d.isNot("locked") && (w.Kind == graph.WaitMutex || w.Kind == graph.WaitLock):
		state = append(state, "free at this moment")
	default:
		state = append(state, "holder not known")
	}
	if n, ok := d.number("readers"); ok && n > 0 {
		state = append(state, count(n, "reader")+" inside")
	}
	if d.is("writer_waiting") && w.Kind == graph.WaitRWMutexRead {
		state = append(state, "behind a waiting writer")
	}
	if size, ok := d.number("size"); ok {
		if held, ok := d.number("held"); ok {
			state = append(state, number(held)+" of "+number(size)+" taken")
		}
	}
	return said{core: "wants " + thing(r) + purpose, more: holder + notes(append(state, v.known(w.Evidence))...)}
}

func (v *view) onTimer(w *graph.Wait, r *graph.Resource) said {
	verb := "sleeps"
	if w.Kind == graph.WaitTimer {
		verb = "waits for a timer"
	}
	if r == nil {
		return said{core: verb}
	}
	d := detail(r.Detail)
	due, known := d.duration("due_in_ms")
	every := ""
	if period, ok := d.duration("period_ms"); ok && period > 0 {
		every = " every " + duration(period)
	}
	switch {
	case w.Kind == graph.WaitTimer && d.isNot("set"):
		return said{core: verb + " that is not set"}
	case !known:
		return said{core: verb + every}
	case due <= 0:
		return said{core: verb + " overdue by " + duration(due.Abs()), more: every}
	case w.Kind == graph.WaitSleep:
		return said{core: verb + " " + duration(due) + " more"}
	}
	return said{core: verb + " due in " + duration(due), more: suffix(", then", every)}
}

func (v *view) onFile(t *graph.Task, w *graph.Wait, r *graph.Resource) said {
	core := joined(string(w.Kind), operation(t, w))
	if r == nil {
		return said{core: core, more: notes(which)}
	}
	d := detail(r.Detail)
	if r.Kind == "server" {
		return said{core: "waits for " + thing(r) + " to close", more: notes(d.counted("connections", "connection"), v.known(w.Evidence))}
	}
	var state []string
	end := d.text("remote")
	if end == "" {
		end = d.text("local")
	} else if local := d.text("local"); local != "" && !v.terse {
		state = append(state, "from "+local)
	}
	end = or(end, fileName(d))
	if fd, ok := d.number("fd"); ok && end == "" {
		end = "fd " + plainNumber(fd)
	} else if ok && !v.terse {
		state = append(state, "fd "+plainNumber(fd))
	}
	if in, ok := d.duration("deadline_in_ms"); ok {
		state = append(state, deadline(in))
	}
	return said{core: joined(core, or(end, address(r.Address))), more: notes(append(state, v.known(w.Evidence))...)}
}

// operation is what a task does with a file, in one word: what the wait says,
// or the method of internal/poll.FD that it stands in.
func operation(t *graph.Task, w *graph.Wait) string {
	switch w.Text {
	case "read", "write", "drain", "accept", "connect", "close":
		return w.Text
	}
	for _, f := range t.Frames {
		method, ok := strings.CutPrefix(f.Func, "internal/poll.(*FD).")
		if !ok {
			continue
		}
		for _, word := range [...]string{"Accept", "Read", "Write", "WaitWrite"} {
			if strings.HasPrefix(method, word) {
				return strings.ToLower(strings.TrimPrefix(word, "Wait"))
			}
		}
	}
	return ""
}

func (v *view) onContext(w *graph.Wait, r *graph.Resource) said {
	if r == nil {
		return said{core: "waits for a context to end", more: notes(which)}
	}
	d := detail(r.Detail)
	state := []string{or(typeName(r.Type), d.text("kind"))}
	if in, ok := d.duration("deadline_in_ms"); ok {
		state = append(state, deadline(in))
	}
	if e := d.text("error"); e != "" {
		state = append(state, "ended: "+e)
	}
	return said{
		core: "waits for " + named("context", r.Address),
		more: " to end" + notes(append(state, v.known(w.Evidence))...),
	}
}

// onBranches says what the cases of a select or the parts of a gather are.
func (v *view) onBranches(t *graph.Task, w *graph.Wait) said {
	n := number(len(w.Branches))
	s := said{core: string(w.Kind)}
	switch {
	case len(w.Branches) == 0:
		return s
	case w.Kind == graph.WaitAny:
		s.core = or(w.Text, s.core) + ", any of " + n
	case w.Kind == graph.WaitGather && w.Text != "":
		s.core = w.Text + ", all of " + n
	default:
		s.core += " of " + n
	}
	most := 3
	if v.o.Full {
		most = len(w.Branches)
	}
	var parts []string
	for i := range w.Branches {
		if i == most {
			break
		}
		parts = append(parts, v.wait(t, &w.Branches[i]).bare())
	}
	if n := len(w.Branches) - len(parts); n > 0 {
		parts = append(parts, v.ellipsis+" "+number(n)+" more")
	}
	s.more = ": " + strings.Join(parts, ", ") + notes(v.known(w.Evidence))
	return s
}

// onOther is for kinds of wait that this package has no words for.
func (v *view) onOther(w *graph.Wait, r *graph.Resource) said {
	if r == nil {
		return said{core: string(w.Kind), more: notes(which)}
	}
	var state []string
	for _, a := range r.Detail {
		state = append(state, fact(a))
	}
	holder := ""
	if len(r.Holders) > 0 {
		holder = ", held by " + v.holders(r.Holders) + suffix(" (", v.known(weakest(r.Holders)), ")")
	}
	return said{core: joined(string(w.Kind), thing(r)), more: holder + notes(append(state, v.known(w.Evidence))...)}
}

// holders names at most two tasks that have a resource.
func (v *view) holders(hs []graph.Holder) string {
	var words []string
	for i, h := range hs {
		if i == 2 {
			words = append(words, number(len(hs)-i)+" more")
			break
		}
		words = append(words, joined(string(h.Task), v.nameOf(h.Task)))
	}
	return list(words)
}

// weakest is the evidence that the least certain of the holders rests on.
func weakest(hs []graph.Holder) graph.Evidence {
	var e graph.Evidence
	for _, h := range hs {
		if h.Evidence.Confidence > e.Confidence {
			e = h.Evidence
		}
	}
	return e
}
