package graph

// eachWait visits the waits and their branches.
func eachWait(waits []Wait, visit func(*Wait)) {
	for i := range waits {
		visit(&waits[i])
		eachWait(waits[i].Branches, visit)
	}
}

// findWait returns the first of the waits and their branches that is so, or nil.
func findWait(waits []Wait, so func(*Wait) bool) *Wait {
	for i := range waits {
		if so(&waits[i]) {
			return &waits[i]
		}
		if w := findWait(waits[i].Branches, so); w != nil {
			return w
		}
	}
	return nil
}

// weaker returns the evidence that proves less; of two alike, the first.
func weaker(a, b Evidence) Evidence {
	if doubt(b) > doubt(a) {
		return b
	}
	return a
}

// doubt orders evidence: proven, inferred, none.
func doubt(e Evidence) Confidence {
	if e.Confidence == 0 {
		return Inferred + 1
	}
	return e.Confidence
}
