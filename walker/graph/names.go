package graph

import (
	"slices"
	"strconv"
)

// The names below are those of the JSON contract; text output uses them too.
// Index 0 of a table is what is not known, and has no name.
var (
	stateNames        = []string{"", "running", "runnable", "waiting", "blocked", "created", "done", "failed", "cancelled"}
	confidenceNames   = []string{"", "proven", "inferred"}
	originNames       = []string{"", "user", "library", "stdlib", "runtime"}
	frameKindNames    = []string{"call", "inlined", "await", "native"}
	relationNames     = []string{"", "await", "handle"}
	severityNames     = []string{"", "info", "warning", "error"}
	continuationNames = []string{"self", "scope", "join", "hand-off", "creation"}
)

// String returns the state's name; "" when it is not known.
func (s State) String() string { return name(stateNames, s) }

// String returns proven, inferred, or "" for no evidence.
func (c Confidence) String() string { return name(confidenceNames, c) }

// String returns the origin's name; "" when it is not known.
func (o Origin) String() string { return name(originNames, o) }

// String returns the kind's name.
func (k FrameKind) String() string { return name(frameKindNames, k) }

// String returns await or handle.
func (r Relation) String() string { return name(relationNames, r) }

// String returns info, warning or error.
func (s Severity) String() string { return name(severityNames, s) }

// String returns the continuation's name.
func (c Continuation) String() string { return name(continuationNames, c) }

// String returns r and the number; "" for none.
func (id ResourceID) String() string { return numbered("r", int32(id)) }

// String returns g and the number; "" for none.
func (id GroupID) String() string { return numbered("g", int32(id)) }

// ParseState is the inverse of [State.String].
func ParseState(s string) (State, bool) { return parse[State](stateNames, s) }

// ParseOrigin is the inverse of [Origin.String].
func ParseOrigin(s string) (Origin, bool) { return parse[Origin](originNames, s) }

// ParseGroupID is the inverse of [GroupID.String].
func ParseGroupID(s string) (GroupID, bool) {
	n, ok := parseNumbered("g", s)
	return GroupID(n), ok
}

func parseResourceID(s string) (ResourceID, bool) {
	n, ok := parseNumbered("r", s)
	return ResourceID(n), ok
}

func name[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return ""
}

// parse returns the value of that name. The empty name is none.
func parse[T ~uint8](names []string, s string) (T, bool) {
	i := slices.Index(names, s)
	if i < 0 || s == "" {
		return 0, false
	}
	return T(i), true
}

func numbered(prefix string, n int32) string {
	if n == 0 {
		return ""
	}
	return prefix + strconv.Itoa(int(n))
}

func parseNumbered(prefix, s string) (int32, bool) {
	if len(s) < 2 || s[:1] != prefix || s[1] < '1' || s[1] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s[1:], 10, 32)
	return int32(n), err == nil
}
