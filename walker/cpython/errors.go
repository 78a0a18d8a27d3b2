package cpython

import (
	"fmt"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// failure describes an exception, and what it has behind it and in it.
func (w *walk) failure(o object.Ref) *graph.Failure {
	e := w.r.Exception(o)
	if e.Type == nil {
		return &graph.Failure{}
	}
	return &graph.Failure{Type: e.Type.FullName(), Message: w.message(o, e), Chain: w.reasons(o, e)}
}

// Bounds of what is told of one exception.
const (
	maxReasons = 16 // in all
	maxArgs    = 4  // of what it was made with
)

// message is what str() makes of an exception: its only argument, or several as
// a tuple; of a KeyError's argument the repr. A class with a __str__ of its own
// may say something else.
//
//   - https://github.com/python/cpython/blob/v3.12.1/Objects/exceptions.c#L115 (BaseException_str)
//   - https://github.com/python/cpython/blob/v3.12.1/Objects/exceptions.c#L909 (BaseExceptionGroup_str)
//   - https://github.com/python/cpython/blob/v3.12.1/Objects/exceptions.c#L1977 (OSError_str)
func (w *walk) message(o object.Ref, e object.Exception) string {
	switch args := e.Args; {
	case e.Type.Inherits("BaseExceptionGroup"):
		if text, members := w.membersOf(o); text != "" || members != nil {
			return fmt.Sprintf("%s (%s)", text, plural(len(members), "sub-exception", "sub-exceptions"))
		}
		return ""
	case e.Type.Inherits("OSError") && len(args) == 2:
		return w.systemError(o, e)
	case len(args) == 1 && w.isA(args[0], "str") && !e.Type.Inherits("KeyError"):
		return w.r.Str(args[0])
	case len(args) == 1:
		return w.repr(args[0])
	case len(args) > 1:
		return w.argsText(args)
	}
	return ""
}

// argsText is several arguments as the tuple that they are.
func (w *walk) argsText(args []object.Ref) string {
	parts := make([]string, 0, maxArgs+1)
	for i, a := range args {
		if i == maxArgs {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, w.repr(a))
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// exceptionField is a field that a class of C adds to what all exceptions
// have: the i-th, each an object.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/pyerrors.h#L22
func (w *walk) exceptionField(o object.Ref, i int) object.Ref {
	first := uint64(w.lay.Exception.SuppressContext+8) &^ 7
	return w.some(w.r.Ref(uint64(o) + first + 8*uint64(i)))
}

// Fields of PyBaseExceptionGroupObject and PyOSErrorObject.
const (
	groupMessage, groupMembers = 0, 1

	osErrno, osText, osFile, osFile2 = 0, 1, 2, 3
)

// membersOf are the message and the exceptions of an exception group.
func (w *walk) membersOf(group object.Ref) (string, []object.Ref) {
	members := w.exceptionField(group, groupMembers)
	if !w.isA(members, "tuple") {
		return "", nil
	}
	return w.str(w.exceptionField(group, groupMessage)), w.r.Tuple(members)
}

// systemError is the message of an OSError with a number and a text.
func (w *walk) systemError(o object.Ref, e object.Exception) string {
	number, text := w.exceptionField(o, osErrno), w.exceptionField(o, osText)
	if number == 0 || text == 0 {
		return w.argsText(e.Args)
	}
	said := fmt.Sprintf("[Errno %s] %s", w.plain(number), w.plain(text))
	if file := w.exceptionField(o, osFile); file != 0 {
		said += ": " + w.repr(file)
		if other := w.exceptionField(o, osFile2); other != 0 {
			said += " -> " + w.repr(other)
		}
	}
	return said
}

// plain is an object as str() has it: the characters of a str, the repr of
// anything else.
func (w *walk) plain(o object.Ref) string {
	if w.isA(o, "str") {
		return w.r.Str(o)
	}
	return w.repr(o)
}

// reasons are what stands with an exception in a traceback: notes (3.11), the
// members of a group, then the exceptions that it was raised from.
func (w *walk) reasons(o object.Ref, e object.Exception) []graph.Reason {
	var all []graph.Reason
	seen := map[object.Ref]bool{}
	for relation := graph.ReasonRelation(""); o != 0 && !seen[o] && len(all) < maxReasons; {
		seen[o] = true
		if relation != "" {
			e = w.r.Exception(o)
			if e.Type == nil {
				break
			}
			all = append(all, w.reason(relation, o, e))
		}
		all = append(all, w.within(o, e)...)
		switch {
		case e.Cause != 0:
			relation, o = graph.ReasonCause, e.Cause
		case e.Context != 0 && w.r.U8(uint64(o)+uint64(w.lay.Exception.SuppressContext)) == 0:
			relation, o = graph.ReasonContext, e.Context
		default:
			o = 0
		}
	}
	return all[:min(len(all), maxReasons)]
}

func (w *walk) reason(relation graph.ReasonRelation, o object.Ref, e object.Exception) graph.Reason {
	r := graph.Reason{Relation: relation, Type: e.Type.FullName(), Message: w.message(o, e)}
	if frames := w.fr.Raised(w.some(e.Traceback)); len(frames) > 0 {
		r.At = w.graphFrame(&frames[len(frames)-1], graph.FrameCall)
	}
	return r
}

// within are an exception's notes and, of a group, its members.
func (w *walk) within(o object.Ref, e object.Exception) (all []graph.Reason) {
	if notes := w.attr(o, "__notes__"); w.isA(notes, "list") {
		for _, n := range w.firstOf(w.r.List(notes)) {
			all = append(all, graph.Reason{Relation: graph.ReasonNote, Message: w.plain(n)})
		}
	}
	if !e.Type.Inherits("BaseExceptionGroup") {
		return all
	}
	_, members := w.membersOf(o)
	for _, m := range w.firstOf(members) {
		if one := w.r.Exception(m); one.Type != nil {
			all = append(all, w.reason(graph.ReasonMember, m, one))
		}
	}
	return all
}

func (w *walk) firstOf(all []object.Ref) []object.Ref { return all[:min(len(all), maxReasons)] }
