package graph

import "time"

// Task is what a runtime schedules: a goroutine, an asyncio.Task. It holds what
// was read of it; what follows from other tasks, [Snapshot.AwaitedBy] and
// [Snapshot.Spawned] tell. At 100,000 tasks each byte counts: its size is held
// by a test.
type Task struct {
	ID       TaskID
	Runtime  string // [Runtime.ID]
	NativeID string // as the runtime's own tools print it: 57, 0x7f31c2a0
	Name     string // what people call it: a label, the entry function, asyncio's task name
	Kind     string // goroutine, asyncio.Task
	State    State
	System   bool  // the runtime's own; hidden unless asked for
	Thread   int32 // id of the OS thread it is on; 0: none
	Frames   []*Frame
	Waits    []Wait // normally one; none when it does not wait

	Groups    []GroupID // Groups[0], the innermost scope, drives the continuation
	CreatedBy *Creation
	Holds     []Hold
	Labels    map[string]string
	Detail    []Attr // what else is so of it, in the order to show it: deferred calls, what it runs
	Cancel    *Cancellation
	Error     *Failure
	Result    string     // the type of what it returned; empty: not known, or it has not
	Problems  []*Problem // what could not be read of this task, what is wrong with it
}

// Keys of [Task.Detail] that views know of.
const (
	DetailServes     = "serves"         // the request that it answers, with its article: an HTTP request
	DetailRequest    = "request"        // which one that is: GET /orders/7
	DetailRequestAge = "request_age_ms" // how long ago that came, at least
)

// State is what a task is doing.
type State uint8

// The states of a task.
const (
	StateUnknown   State = iota
	StateRunning         // on a CPU
	StateRunnable        // could be on a CPU
	StateWaiting         // parked by its runtime
	StateBlocked         // its thread is in a system call or a lock
	StateCreated         // never ran
	StateDone            // ended
	StateFailed          // ended by an error
	StateCancelled       // ended by a cancellation
)

// Origin is whose code a frame is.
type Origin uint8

// The origins of a frame.
const (
	OriginUnknown Origin = iota
	OriginUser           // the program's own module
	OriginLibrary        // another module
	OriginStdlib         // the language's standard library
	OriginRuntime        // the runtime itself
)

// FrameKind is what sort of call a frame is.
type FrameKind uint8

// The kinds of a frame.
const (
	FrameCall    FrameKind = iota // an ordinary call
	FrameInlined                  // a call the compiler inlined into the next frame
	FrameAwait                    // a coroutine suspended in an await
	FrameNative                   // native code below an interpreter
)

// Frame is one call in a task. Frames are shared between tasks: never change
// one that was given to a Builder.
type Frame struct {
	Func   string // full name as the language's people write it: net/http.(*conn).serve
	Module string // package or module path: net/http
	File   string // absolute, as the target's debug information has it
	Line   int    // where the frame stands; 0: unknown
	PC     uint64 // 0: has none
	Origin Origin
	Kind   FrameKind
	Hidden bool // the runtime's own plumbing; shown with --full
	Locals []Local
}

// Local is a variable of a frame.
type Local struct {
	Name, Type, Value string
}

// Hold is a resource that a task has and others may want.
type Hold struct {
	Resource ResourceID
	Evidence Evidence
}

// Creation is the place that started a task.
type Creation struct {
	Task  TaskID    // the creator; empty: unknown. It may have ended since
	At    *Frame    // the place the runtime recorded; nil: unknown
	User  *Frame    // the first frame of the user's own code, when At is a library's helper
	Stack []*Frame  // frames beyond At, where the runtime recorded them
	By    *Creation // how the creator itself was started, where that was recorded with it
}

// Cancellation is how a task is told to stop, and whether it was.
type Cancellation struct {
	Requested int           // how many requests; 0: none
	Pending   bool          // not delivered yet
	Message   string        // what it was given to say
	Scopes    []CancelScope // that it stands inside of, the innermost first
}

// CancelScope is a part of a task's code that can be told to stop by itself, and
// the tasks of the groups that are opened within: trio.CancelScope.
type CancelScope struct {
	Address   uint64
	Deadline  time.Duration // until time is up for it; 0: never, or not known
	Shield    bool          // a cancellation of the scopes around it does not reach it
	Cancelled bool
	Reason    string // why it was cancelled, in the runtime's words
}

// Failure is an error value read from the target.
type Failure struct {
	Type, Message string
	Retrieved     bool   // somebody looked at it
	Task          TaskID // whose error it is, for a group's
	Chain         []Reason
}

// Reason is what an error has behind it, beside it or in it.
type Reason struct {
	Relation      ReasonRelation
	Type, Message string
	At            *Frame // where it was raised; nil: not known
}

// ReasonRelation is how a reason is tied to the one before it, or to the error.
type ReasonRelation string

// The relations of a reason.
const (
	ReasonCause   ReasonRelation = "cause"   // it was raised because of this: raise ... from
	ReasonContext ReasonRelation = "context" // it was raised while this was handled
	ReasonMember  ReasonRelation = "member"  // of several, this is one: an ExceptionGroup's
	ReasonNote    ReasonRelation = "note"    // words that were added to the error itself
)
