package graph

// Suppress marks problems as known: those that rule says so of, with the reason
// why they are not to be told. What was marked before stays so.
func (s *Snapshot) Suppress(rule func(*Problem) (reason string, ok bool)) {
	s = s.all()
	type words struct {
		code, message string
		severity      Severity
	}
	known := map[words]*Problem{}
	for _, p := range s.Problems {
		if !p.Suppressed {
			if reason, ok := rule(p); ok {
				p.Reason, p.Suppressed = reason, true
			}
		}
		if p.Suppressed {
			known[words{p.Code, p.Message, p.Severity}] = p
		}
	}
	item := func(problems []*Problem) { // what is said of an item is said in the list too
		for _, p := range problems {
			if all := known[words{p.Code, p.Message, p.Severity}]; all != nil && !p.Suppressed {
				p.Suppressed, p.Reason = true, all.Reason
			}
		}
	}
	if len(known) == 0 {
		return
	}
	for _, t := range s.Tasks {
		item(t.Problems)
	}
	for _, g := range s.Groups {
		item(g.Problems)
	}
}
