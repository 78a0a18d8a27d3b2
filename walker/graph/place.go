package graph

// Place returns the index of the frame that tells most about where a task
// stands, or -1: where the program's own code stands, innermost; without any,
// where a library's does; without that too, the outermost frame of the
// standard library, which says what the task is for (net/http.(*conn).serve)
// when the innermost is the same for all of them (internal/poll.(*FD).Read).
func (t *Task) Place() int { return placeIn(t.Frames) }

func placeIn(frames []*Frame) int {
	var library, outer = -1, -1
	for i, f := range frames {
		if f.Hidden {
			continue
		}
		switch f.Origin {
		case OriginUser:
			return i
		case OriginLibrary, OriginUnknown:
			if library < 0 {
				library = i
			}
		}
		outer = i
	}
	if library >= 0 {
		return library
	}
	return outer
}

// standsAt is the frame that Place means, or nil.
func (t *Task) standsAt() *Frame {
	if i := t.Place(); i >= 0 {
		return t.Frames[i]
	}
	return nil
}
