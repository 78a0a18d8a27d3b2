package render

import "github.com/dlv-async/dlv-async/walker/graph"

// onRun is for what one task does while others wait for it to be done.
func (v *view) onRun(w *graph.Wait, r *graph.Resource) said {
	name := "a sync.Once"
	if w.Kind == graph.WaitSingleflight {
		name = "a singleflight call"
	}
	if r == nil {
		return said{core: "waits for " + name, more: notes(which)}
	}
	name = named(name[len("a "):], r.Address)
	if len(r.Holders) == 0 {
		return said{core: "waits for " + name, more: notes("who runs it is not known", v.known(w.Evidence))}
	}
	return said{
		core: "waits for " + name,
		more: ", which " + v.holders(r.Holders) + " runs" + notes(v.known(weakest(r.Holders)), v.known(w.Evidence)),
	}
}

// onSemaphore is for a semaphore that says how much there is of it.
func (v *view) onSemaphore(t *graph.Task, w *graph.Wait, r *graph.Resource) said {
	d := detail(r.Detail)
	size, _ := d.number("size")
	held, _ := d.number("held")
	core := "wants " + thing(r)
	switch host := d.text("host"); {
	case w.Amount > 0:
		core = "wants " + number(int(w.Amount)) + " of " + thing(r)
	case host != "":
		core = "wants a connection of " + thing(r) + " to " + host
	}
	more := notes(number(held)+" of "+number(size)+" taken", v.known(w.Evidence))
	if len(r.Holders) > 0 {
		more = ", held by " + v.holders(r.Holders) + suffix(" (", v.known(weakest(r.Holders)), ")") + more
	}
	for i := range w.Branches {
		if b := &w.Branches[i]; b.Resource != w.Resource {
			more += ", or an end of " + v.wait(t, b).bare()
		}
	}
	return said{core: core, more: more}
}

// onDescriptorLock is for a lock of one direction of a file descriptor.
func (v *view) onDescriptorLock(w *graph.Wait, r *graph.Resource) said {
	d := detail(r.Detail)
	core := "wants to " + or(d.text("direction"), "use")
	if fd, ok := d.number("fd"); ok {
		core += " fd " + plainNumber(fd)
	}
	who := ", which another goroutine does"
	if d.text("direction") == "close" {
		who = ", which others still use"
	}
	if len(r.Holders) > 0 {
		who = ", which " + v.holders(r.Holders) + " does" + suffix(" (", v.known(weakest(r.Holders)), ")")
	}
	return said{core: joined(core, or(d.text("remote"), or(d.text("local"), fileName(d)))), more: who + notes(v.known(w.Evidence))}
}

// onCoroutine is for both ends of an iter.Pull.
func (v *view) onCoroutine(w *graph.Wait, r *graph.Resource) said {
	switch {
	case w.Task != "":
		return said{core: "waits for " + string(w.Task) + " to yield", more: " (iter.Pull)" + notes(v.known(w.Evidence))}
	case r != nil && detail(r.Detail).text("state") == "not started":
		return said{core: "waits to be asked for a first value", more: " (iter.Pull)" + notes(v.known(w.Evidence))}
	case r != nil:
		return said{core: "waits to be asked for the next value", more: " (iter.Pull)" + notes(v.known(w.Evidence))}
	}
	return said{core: "waits for its coroutine (iter.Pull)"}
}

// fileName is what a file is called; a pipe has no name but the place in its
// making that Go gives it: |0, |1.
func fileName(d detail) string {
	if name := d.text("name"); name != "|0" && name != "|1" {
		return name
	}
	return ""
}
