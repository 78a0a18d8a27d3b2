package render

import "github.com/dlv-async/dlv-async/walker/graph"

// caveats says what this picture does not hold: what was cut, what the
// runtimes' readers noted, and where a wait leads to nobody known. A list of
// problems is worth as much as this list is short.
func (v *view) caveats() {
	words := v.unread()
	words = append(words, v.unexplained()...)
	if len(words) == 0 {
		return
	}
	v.blank()
	v.row(v.say(strong, "Bear in mind"))
	for _, w := range words {
		v.wrap(v.indent(2), v.indent(4), v.say(normal, w))
	}
}

// unread is what was cut or not found.
func (v *view) unread() []string {
	var words []string
	for _, t := range v.s.Truncated {
		words = append(words, truncation(t))
	}
	if len(v.s.Runtimes) == 0 {
		words = append(words, "no runtime that could be read was found in this process")
	}
	for _, r := range v.s.Runtimes {
		if !r.Complete {
			words = append(words, "tasks of "+runtimeName(r)+" may be missing")
		}
		words = append(words, r.Notes...)
	}
	return words
}

// truncation is how much was read of what was cut.
func truncation(t graph.Truncation) string {
	return number(t.Kept) + " of " + count(t.Total, t.What) + verb(t.Total, " was", " were") + " read"
}

// unexplained counts the waits that lead nowhere: behind one of them a
// deadlock could hide.
func (v *view) unexplained() []string {
	unknown, unheld, unshared := 0, 0, 0
	for _, t := range v.s.Tasks {
		if t.System || len(t.Waits) == 0 {
			continue
		}
		switch w := &t.Waits[0]; w.Kind {
		case graph.WaitUnknown:
			unknown++
		case graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite, graph.WaitSemaphore, graph.WaitLock:
			switch r := v.s.Resource(w.Resource); {
			case r != nil && len(r.Holders) > 0:
			case w.Kind == graph.WaitSemaphore:
				unshared++
			default:
				unheld++
			}
		}
	}
	var words []string
	if unheld > 0 {
		words = append(words, "it is not known who holds the lock that "+count(unheld, "task")+verb(unheld, " wants", " want"))
	}
	if unshared > 0 {
		words = append(words, "it is not known who has a share of what "+count(unshared, "task")+verb(unshared, " wants", " want"))
	}
	if unknown > 0 {
		words = append(words, "it is not known what "+count(unknown, "task")+verb(unknown, " waits", " wait")+" for")
	}
	return words
}

// shortfalls says, in views that do not list problems, what makes all of what
// they show doubtful: that the capture was cut or torn, that a runtime's tasks
// may be missing. A short list would look like a quiet process otherwise.
func (v *view) shortfalls() {
	said := false
	for _, p := range v.s.Problems {
		cut := (p.Code == "truncated" || p.Code == "torn") && p.Severity != graph.Info
		if whole := p.Code == "unreadable" && p.Severity == graph.Error; (cut || whole) && len(p.Tasks) == 0 {
			v.wrap(v.text(), v.indent(2), v.say(warn, v.warnMark+" "+p.Code+":").add(normal, " "+p.Message))
			said = true
		}
	}
	for _, t := range v.s.Truncated {
		if len(v.s.Truncated) <= mostShortfalls {
			v.wrap(v.text(), v.indent(2), v.say(warn, v.warnMark+" truncated:").add(normal, " "+truncation(t)))
			said = true
		}
	}
	for _, r := range v.s.Runtimes {
		if !r.Complete && !said {
			v.wrap(v.text(), v.indent(2), v.say(warn, v.warnMark).add(normal, " tasks of "+runtimeName(r)+" may be missing (problems)"))
		}
	}
}

// mostShortfalls is how many truncations are worth a line each in every view.
const mostShortfalls = 3
