package render

import (
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// header says in one line what is looked at, and in front of it, of a process
// that died, why.
func (v *view) header() {
	v.death()
	p := v.s.Process
	name := processName(p)
	if p.Source == "core" {
		name = "core of " + name
	}
	line := v.say(strong, name)
	part := func(s string) {
		if s != "" {
			line.add(quiet, " "+v.dot+" ").add(normal, s)
		}
	}
	if p.PID != 0 {
		part("pid " + strconv.Itoa(p.PID))
	}
	for _, r := range v.s.Runtimes {
		part(runtimeName(r))
	}
	part(v.taskCount())
	part(v.moment())
	if n := v.suppressed(); n > 0 {
		part(count(n, "suppressed problem"))
	}
	v.wrap(v.text(), v.indent(2), line)
}

// processName is the name of a process's executable, without its directory.
func processName(p graph.Process) string {
	return or(p.Exe[strings.LastIndexAny(p.Exe, `/\`)+1:], "process")
}

// runtimeName is a runtime as its people write it: go1.26.8, cpython 3.14.
func runtimeName(r *graph.Runtime) string {
	if strings.HasPrefix(r.Version, r.Name) {
		return r.Version
	}
	return joined(r.Name, r.Version)
}

// taskCount counts the tasks that the lists of this view are of, and says so
// when they are not all.
func (v *view) taskCount() string {
	n := count(len(v.s.Tasks)-v.system(), "task")
	total := 0
	for _, r := range v.s.Runtimes {
		total += r.Tasks
	}
	if total > len(v.s.Tasks) {
		n += " of " + number(total)
	}
	return n
}

// system counts the tasks that are hidden because they are the runtime's own.
func (v *view) system() int {
	if v.o.System {
		return 0
	}
	n := 0
	for _, t := range v.s.Tasks {
		if t.System {
			n++
		}
	}
	return n
}

// moment says how long the target stood still for this, or how old this is.
func (v *view) moment() string {
	p := v.s.Process
	switch {
	case p.Source == "core" || p.Source == "recording":
		if p.CapturedAt.IsZero() {
			return ""
		}
		at := p.CapturedAt.UTC().Format("2006-01-02 15:04 UTC")
		if age := v.o.now().Sub(p.CapturedAt); age > 0 {
			return "written " + duration(age) + " ago (" + at + ")"
		}
		return "written " + at
	case p.Stopped > 0:
		return "stopped for " + duration(p.Stopped)
	case p.Source == "attach" || p.Source == "demo":
		return "not stopped"
	}
	return ""
}

// suppressed counts the problems that are known, and not to be told again.
func (v *view) suppressed() int {
	n := 0
	for _, p := range v.s.Problems {
		if p.Suppressed {
			n++
		}
	}
	return n
}

// hiddenTasks says that system tasks are not in the list.
func (v *view) hiddenTasks() {
	if n := v.system(); n > 0 {
		v.wrap(v.text(), v.indent(2), v.say(quiet, count(n, "system task")+" "+be(n)+" hidden (--system)"))
	}
}

// death says why the process ended.
func (v *view) death() {
	d := v.s.Process.Death
	if d == nil {
		return
	}
	var reason string
	switch d.Kind {
	case "panic":
		reason = "panic: " + d.Message
	case "fatal":
		reason = "fatal error: " + d.Message
	default:
		reason = "killed by " + or(d.Signal, "a signal") + notes(d.Message)
	}
	line := v.say(bad, reason)
	if d.Kind != "signal" && d.Signal != "" {
		line.add(quiet, " ["+d.Signal+"]")
	}
	v.wrap(v.text(), v.indent(2), line)
	for i, cause := range d.Chain {
		if i == 0 && cause == d.Message {
			continue
		}
		v.wrap(v.indent(2), v.indent(4), v.say(bad, "raised during the panic: "+cause))
	}
	if d.Task != "" {
		v.wrap(v.indent(2), v.indent(4), v.say(normal, "it was in ").add(ident, string(d.Task)))
	}
}
