package graph

import "time"

// TaskID names a task for as long as it lives: "go:57" is the goroutine 57,
// "py:7f31c2a0" the asyncio task at that address. The part before the colon
// is the runtime's [Runtime.ID].
type TaskID string

// ResourceID numbers the resources of one snapshot from 1; 0 is none.
// It is written "r3".
type ResourceID int32

// GroupID numbers the groups of one snapshot from 1; 0 is none.
// It is written "g3".
type GroupID int32

// Snapshot is one process at one moment. Make one with [Builder.Seal] or
// [ReadJSON]; treat it as read-only.
type Snapshot struct {
	Tool      string // name and version of the program that made it
	Process   Process
	Runtimes  []*Runtime
	Tasks     []*Task     // in the order of [Builder.Seal]
	Groups    []*Group    // Groups[i].ID == i+1, unless filtered
	Resources []*Resource // Resources[i].ID == i+1, unless filtered
	Problems  []*Problem  // all findings, also those that stand on an item; the most severe first
	Truncated []Truncation
	Filtered  bool // made by [Snapshot.Select]: references to tasks it does not hold stay as ids

	whole     *Snapshot  // what a filtered snapshot was picked from; nil: this is it
	relations *relations // derived by Seal; of the whole
}

// Process is where a snapshot came from.
type Process struct {
	Source     string // attach, core, recording, connect, demo
	PID        int    // 0: unknown
	Exe        string // path of the executable, as the target named it
	Arch       string // amd64, arm64
	CapturedAt time.Time
	Stopped    time.Duration // how long the target stood still; 0: not at all
	Death      *Death        // nil while it lives, or when nothing tells
}

// Death is why a process that dumped core ended.
type Death struct {
	Kind    string   // signal, panic, fatal
	Signal  string   // SIGABRT, ...; empty when there was none
	Message string   // the panic's value, the fatal error's text
	Task    TaskID   // the task it happened in; empty: unknown
	Chain   []string // of a panic: its value, then the values it was raised over
}

// Runtime is one runtime found in the process.
type Runtime struct {
	ID       string // the prefix of its tasks' ids: go, py
	Name     string // go, cpython, tokio
	Version  string // as the runtime states it: go1.26.8
	Layout   string // where structure layouts came from: dwarf, self-described, table
	Tasks    int    // how many tasks it has, also those cut or filtered out
	Complete bool   // every task was found, as far as can be known
	Stats    []Attr // what it counts itself, in the order to show it: queue lengths, whether it collects garbage
	Notes    []string

	// LookedFor are the codes of problems that were looked for in it although
	// that takes more than its tasks: a leak shows where the heap can be read.
	LookedFor []string
}

// Confidence tells what is known from what is guessed.
type Confidence uint8

// The confidences, weakest last.
const (
	Proven   Confidence = iota + 1 // a field of a runtime structure says so
	Inferred                       // a pointer on a stack, a deferred unlock: likely, not certain
)

// Evidence is how an edge is known. The zero value is no evidence at all.
type Evidence struct {
	Confidence Confidence
	How        string // the path that was read: "g.waiting → sudog.c"
}

// Attr is one fact of a resource's state, or of a runtime's. Value is a bool, an int64, a
// string, or a time.Duration (which JSON gives in milliseconds under a key
// that ends in _ms). Seal turns other integers into int64, and anything else
// into its text.
type Attr struct {
	Key   string
	Value any
}

// Severity is how bad a problem is.
type Severity uint8

// The severities.
const (
	Info Severity = iota + 1
	Warning
	Error
)

// Problem is a finding: a deadlock, or something that could not be read.
type Problem struct {
	Code      string // deadlock, unreadable, torn, truncated, ...: docs/problems.md has them all
	Severity  Severity
	Message   string // one sentence, for people
	Tasks     []TaskID
	Queued    []TaskID // who waits behind, of a deadlock
	Resources []ResourceID
	Groups    []GroupID
	Evidence  Evidence // the weakest of the edges it rests on

	About       string // what the fingerprint is made of, where the tasks differ from run to run: a place; empty: of what the tasks do
	Fingerprint string // the same in every run that has this problem; set by Seal
	Suppressed  bool   // known, and not to be told again
	Reason      string // why it is suppressed
}

// Truncation says what was cut and how much of it.
type Truncation struct {
	What        string
	Kept, Total int
}
