package render

import "github.com/dlv-async/dlv-async/walker/graph"

// The waits of runtimes with futures: on events and queues, on jobs given to
// threads, on processes.

// onSignal is for what somebody sets, notifies or gives a result.
func (v *view) onSignal(w *graph.Wait, r *graph.Resource) said {
	noun, to, could := "an event", " to be set", " could set it"
	switch w.Kind {
	case graph.WaitCondition:
		noun, to, could = "a condition", " to be notified", " could notify it"
	case graph.WaitFuture:
		noun, to = "a future", ""
	}
	if r == nil {
		return said{core: "waits for " + noun, more: to + notes(which)}
	}
	d := detail(r.Detail)
	state := []string{d.text("state")}
	if d.is("set") {
		state = append(state, "set at this moment")
	}
	if in, ok := d.duration("deadline_in_ms"); ok {
		state = append(state, deadline(in))
	}
	if len(r.Holders) > 0 {
		state = append(state, v.holders(r.Holders)+could+suffix(": ", v.known(weakest(r.Holders))))
	}
	return said{core: "waits for " + thing(r), more: to + notes(append(state, v.known(w.Evidence))...)}
}

// onTurn is for who could run, or what could begin, if a task did not keep
// that which runs it.
func (v *view) onTurn(w *graph.Wait) said {
	s := said{core: "ready, but " + string(w.Task), more: suffix(" ", v.nameOf(w.Task)) + " keeps the event loop" + notes(v.known(w.Evidence))}
	if w.Text != "" {
		s.core = "waits for " + w.Text + ", which cannot begin: " + string(w.Task)
	}
	return s
}

func (v *view) onBarrier(w *graph.Wait, r *graph.Resource) said {
	if r == nil {
		return said{core: "waits at a barrier", more: notes(which)}
	}
	d := detail(r.Detail)
	var state []string
	if parties, ok := d.number("parties"); ok {
		if there, ok := d.number("waiters"); ok {
			state = append(state, number(there)+" of "+number(parties)+" there")
		}
	}
	return said{core: "waits at " + thing(r), more: notes(append(state, d.text("state"), v.known(w.Evidence))...)}
}

func (v *view) onQueue(w *graph.Wait, r *graph.Resource) said {
	if r == nil {
		return said{core: string(w.Kind), more: notes(which)}
	}
	d := detail(r.Detail)
	at := or(address(r.Address), "a "+typeName(or(r.Type, r.Kind)))
	if w.Kind == graph.WaitQueueJoin {
		left := ""
		if n, ok := d.number("unfinished"); ok {
			left = count(n, "item") + " not done"
		}
		return said{core: "queue join of " + at, more: notes(typeName(r.Type), left, v.known(w.Evidence))}
	}
	preposition, nobody, could := " from ", "nobody is putting", " could put"
	if w.Kind == graph.WaitQueuePut {
		preposition, nobody, could = " to ", "nobody is getting", " could get"
	}
	if _, read := d.number("size"); !read {
		nobody = ""
	}
	if len(r.Holders) > 0 {
		nobody = v.holders(r.Holders) + could + suffix(": ", v.known(weakest(r.Holders)))
	}
	return said{
		core: string(w.Kind) + preposition + at,
		more: notes(typeName(r.Type), items(d), nobody, v.known(w.Evidence)),
	}
}

// items says how full a queue is. A maximum of 0 is none.
func items(d detail) string {
	size, okSize := d.number("size")
	most, okMax := d.number("max")
	limit := ""
	if okMax && most > 0 {
		limit = "max " + number(most)
	}
	switch {
	case !okSize:
		return limit
	case limit != "" && size >= most:
		return "full: " + number(size)
	case limit != "" && size > 0:
		return "holds " + number(size) + " of " + number(most)
	case size == 0:
		return "empty" + suffix(", ", limit)
	}
	return "holds " + number(size)
}

// onJob is for a function that others run: the wait names the worker that
// does, or the executor or the future that it waits in.
func (v *view) onJob(w *graph.Wait, r *graph.Resource) said {
	s := said{core: "waits for an executor job"}
	if w.Text != "" {
		s.core = "waits for executor job " + w.Text
	}
	if w.Task != "" {
		s.more = notes("worker thread "+string(w.Task), v.known(w.Evidence))
		return s
	}
	if r == nil {
		s.more = notes("its worker is not known")
		return s
	}
	d := detail(r.Detail)
	state := []string{thing(r), d.text("state")}
	if workers, ok := d.number("workers"); ok {
		if busy, ok := d.number("busy"); ok {
			state = append(state, number(busy)+" of "+count(workers, "worker")+" busy")
		} else {
			state = append(state, count(workers, "worker"))
		}
	}
	if n, ok := d.number("queued"); ok {
		state = append(state, number(n)+" queued")
	}
	s.more = notes(append(state, v.known(w.Evidence))...)
	return s
}

func (v *view) onProcess(w *graph.Wait, r *graph.Resource) said {
	if r == nil {
		return said{core: "waits for a process", more: " to end" + notes(which)}
	}
	d := detail(r.Detail)
	core := "waits for " + thing(r)
	if pid, ok := d.number("pid"); ok {
		core = "waits for process " + plainNumber(pid)
	}
	return said{core: core, more: " to end" + notes(d.text("command"), v.known(w.Evidence))}
}

func (v *view) onThread(w *graph.Wait, r *graph.Resource) said {
	core, known := "waits for thread "+string(w.Task), v.known(w.Evidence)
	switch {
	case w.Task != "":
	case r == nil:
		core, known = "waits for a thread", which
	default:
		core = "waits for " + thing(r)
		if tid, ok := detail(r.Detail).number("tid"); ok {
			core = "waits for thread " + plainNumber(tid)
		}
	}
	return said{core: core, more: " to end" + notes(known)}
}
