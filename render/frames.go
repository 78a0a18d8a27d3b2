package render

import (
	"slices"
	"strconv"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// visible leaves out the hidden frames, unless they are wanted or all there is.
func (v *view) visible(frames []*graph.Frame) []*graph.Frame {
	if v.o.Full {
		return frames
	}
	var kept []*graph.Frame
	for _, f := range frames {
		if !f.Hidden {
			kept = append(kept, f)
		}
	}
	if len(kept) == 0 {
		return frames
	}
	return kept
}

// hasVisible reports that some of the frames are not hidden. Below the function
// that started a task there is often the runtime alone.
func (v *view) hasVisible(frames []*graph.Frame) bool {
	return v.o.Full || slices.ContainsFunc(frames, func(f *graph.Frame) bool { return !f.Hidden })
}

// listing prints logical stacks: frames with their places in one column,
// and a rule wherever the stack crosses from one task to another.
type listing struct {
	v        *view
	numbered bool
	number   int // of the next frame
	function int // columns of the functions
	same     int // so many crossings are those of all tasks that are shown here; negative: all
}

const frameGutter = 6

// newListing prepares for all the paths that will stand below each other.
func (v *view) newListing(numbered bool, paths ...graph.Path) *listing {
	l := &listing{v: v, numbered: numbered, same: -1}
	place := 0
	for _, path := range paths {
		for _, seg := range path {
			for _, f := range v.visible(seg.Frames) {
				l.function = max(l.function, columns(safe(v.function(f), v.ascii)))
				place = max(place, columns(safe(location(f), v.ascii)))
			}
		}
	}
	l.function = min(l.function, max(v.width-frameGutter-2-place, leastFunction))
	return l
}

// frames prints frames, innermost first.
func (l *listing) frames(frames []*graph.Frame) {
	v := l.v
	for _, f := range v.visible(frames) {
		number := ""
		if l.numbered {
			number = strconv.Itoa(l.number)
		}
		l.number++
		st := normal
		if f.Origin != graph.OriginUser && f.Origin != graph.OriginUnknown {
			st = quiet
		}
		line := v.text().pad(frameGutter-2-len(number)).add(quiet, number).add(normal, "  ")
		line.add(st, shorten(safe(v.function(f), v.ascii), l.function, v.ellipsis))
		if at := location(f); at != "" {
			line.pad(frameGutter+l.function+2).add(quiet, at)
		}
		if f.Kind == graph.FrameNative {
			line.add(quiet, "  native")
		}
		v.wrap(v.text(), v.indent(frameGutter+2), line)
		if v.o.Locals {
			v.locals(f)
		}
	}
}

// locals prints the variables of a frame, a line each.
func (v *view) locals(f *graph.Frame) {
	for _, l := range f.Locals {
		line := v.say(ident, l.Name).add(quiet, " = ").add(normal, or(l.Value, "(not known)"))
		v.wrap(v.indent(frameGutter+4), v.indent(frameGutter+8), line)
	}
}

// segments prints what comes after a task's own frames.
func (l *listing) segments(segments []graph.Segment, from graph.TaskID) {
	v := l.v
	for i, seg := range segments {
		words := v.say(quiet, v.rule+" ").join(v.crossing(seg, from))
		if i > 0 && standsStill(segments[i-1], seg) {
			if v.hasVisible(seg.Frames) {
				l.frames(seg.Frames)
			}
			continue
		}
		if i+1 < len(segments) && standsStill(seg, segments[i+1]) && v.hasVisible(segments[i+1].Frames) {
			words.add(normal, ", where it still stands").add(quiet, suffix(" (", v.known(segments[i+1].Evidence), ")"))
		}
		if l.same >= 0 && i >= l.same && (seg.How == graph.ContinueJoin || seg.How == graph.ContinueScope) {
			words.add(normal, ", each by its own")
		}
		words.add(quiet, " "+v.rule)
		v.wrap(v.indent(3), v.indent(6), words)
		frames := seg.Frames
		if seg.How == graph.ContinueCreation && seg.Evidence.Confidence == graph.Proven && len(frames) > 0 {
			frames = frames[1:] // the place of creation stands in the rule
		}
		if len(frames) > 0 {
			l.frames(frames)
		}
		if seg.Cut {
			v.row(v.indent(3), v.say(quiet, v.ellipsis+" it goes on, and was not followed further"))
		}
		if seg.Task != "" {
			from = seg.Task
		}
	}
}

// standsStill reports that a segment goes on in the creator of the one before
// it, in the call that created that: no crossing between two tasks.
func standsStill(before, seg graph.Segment) bool {
	return seg.How == graph.ContinueCreation && seg.Evidence.Confidence == graph.Inferred &&
		before.How == graph.ContinueCreation && before.Task == seg.Task && len(before.Frames) <= 1
}

// crossing says how a logical stack gets from one task to the next.
func (v *view) crossing(seg graph.Segment, from graph.TaskID) *text {
	line := v.text()
	group, resource := v.s.Group(seg.Group), v.s.Resource(seg.Resource)
	through := ""
	switch {
	case group != nil:
		through = groupName(group)
	case resource != nil:
		through = thing(resource)
	}
	if seg.Closes && seg.How != graph.ContinueCreation {
		line.add(warn, v.again+" ")
	}
	switch seg.How {
	case graph.ContinueScope:
		line.add(normal, "in "+or(through, "a group")+", opened by ").add(ident, string(seg.Task)).add(normal, suffix(" ", v.nameOf(seg.Task)))
	case graph.ContinueJoin:
		line.add(normal, "awaited by ").add(ident, string(seg.Task)).add(normal, suffix(" ", v.nameOf(seg.Task))+suffix(" through ", through))
	case graph.ContinueHandOff:
		link := ", which "
		if resource != nil && isLock(resource.Kind) {
			link = ", held by "
		}
		line.add(ident, string(seg.Task)).add(normal, " waits for "+or(through, "something")+link).add(ident, string(from))
		if link == ", which " {
			line.add(normal, " alone can serve")
		}
	case graph.ContinueCreation:
		v.created(line, seg)
	default:
		line.add(ident, string(seg.Task))
	}
	line.add(quiet, suffix(" (", v.known(seg.Evidence), ")"))
	if seg.Closes && seg.How != graph.ContinueCreation {
		line.add(warn, ": a cycle")
	}
	return line
}

// isLock reports that one who has such a resource is called its holder.
func isLock(kind string) bool {
	switch kind {
	case "mutex", "rwmutex", "semaphore", "lock", "sql.DB", "http.Transport":
		return true
	}
	return false
}

// complete reports that a task which is not here has ended.
func (v *view) complete() bool {
	return !v.s.Filtered && len(v.s.Truncated) == 0 &&
		!slices.ContainsFunc(v.s.Runtimes, func(r *graph.Runtime) bool { return !r.Complete })
}

// created says who started a task, and where.
func (v *view) created(line *text, seg graph.Segment) {
	line.add(normal, "created")
	if seg.Task != "" {
		line.add(normal, " by ").add(ident, string(seg.Task))
		if v.s.Task(seg.Task) == nil && v.complete() {
			line.add(normal, " (which has ended)")
		}
	}
	if len(seg.Frames) > 0 {
		line.add(normal, " at "+v.function(seg.Frames[0])+"  ").add(quiet, location(seg.Frames[0]))
	}
}
