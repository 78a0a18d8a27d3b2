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

// WaitKind says what sort of thing a task waits for. The set is open; these
// are the ones of snapshot/1 that walkers in this repository produce.
type WaitKind string

// The kinds of a wait.
const (
	WaitChanReceive  WaitKind = "chan receive"
	WaitChanSend     WaitKind = "chan send"
	WaitSelect       WaitKind = "select"
	WaitMutex        WaitKind = "mutex"
	WaitRWMutexRead  WaitKind = "rwmutex read"
	WaitRWMutexWrite WaitKind = "rwmutex write"
	WaitWaitGroup    WaitKind = "waitgroup"
	WaitCond         WaitKind = "cond"
	WaitSemaphore    WaitKind = "semaphore"
	WaitSleep        WaitKind = "sleep"
	WaitTimer        WaitKind = "timer"
	WaitNetwork      WaitKind = "network"
	WaitFile         WaitKind = "file"
	WaitContext      WaitKind = "context"
	WaitSyscall      WaitKind = "syscall"
	WaitCoroutine    WaitKind = "coroutine"
	WaitForever      WaitKind = "forever"    // select{} or a nil channel: nothing can ever wake it
	WaitTask         WaitKind = "await task" // the end of another task
	WaitGather       WaitKind = "gather"     // all of its branches; Text says of what else than a gather: asyncio.wait for ALL_COMPLETED
	WaitTaskGroup    WaitKind = "task group" // for the members of a group that has tasks of its own: asyncio.TaskGroup, a nursery
	WaitAny          WaitKind = "wait"       // any of its branches: asyncio.wait, as_completed; Text says which
	WaitLock         WaitKind = "lock"       // asyncio.Lock, threading.Lock
	WaitEvent        WaitKind = "event"      // to be set
	WaitCondition    WaitKind = "condition"  // to be notified
	WaitBarrier      WaitKind = "barrier"    // for the others to come
	WaitQueueGet     WaitKind = "queue get"
	WaitQueuePut     WaitKind = "queue put"
	WaitQueueJoin    WaitKind = "queue join" // for every item of it to be done
	WaitFuture       WaitKind = "future"     // to be given a result
	WaitExecutor     WaitKind = "executor"   // a job given to threads or processes; Text is the job's function, Task the worker that runs it
	WaitStream       WaitKind = "stream"     // data or room in a stream; Text is the operation: read, write, drain
	WaitSubprocess   WaitKind = "subprocess" // the end of a process
	WaitThread       WaitKind = "thread"     // the end of a thread
	WaitOnce         WaitKind = "once"       // a function that runs but once, and runs now: sync.Once
	WaitSingleflight WaitKind = "singleflight"
	WaitBubble       WaitKind = "synctest" // a bubble's goroutines to end, or to block for good
	WaitTurn         WaitKind = "turn"     // it could run, and Task keeps what runs it
	WaitCgo          WaitKind = "cgo"      // a call of C code to return; Text is the function
	WaitRuntime      WaitKind = "runtime"  // the runtime's own business; Text says which
	WaitUnknown      WaitKind = "unknown"  // parked, and nothing tells on what; Text has the runtime's reason
)

// Wait is what a task is suspended on: a verb and what it is on. At most one
// of Resource, Task and Group is set; none when what it is on is not known.
type Wait struct {
	Kind     WaitKind
	Text     string // the runtime's own words for it, where they say more: "sync.Mutex.Lock"
	Phase    string // what the library is about that waits: "http client: dialling"; empty: not known
	Frame    int32  // index into the task's frames of the one that waits
	Resource ResourceID
	Group    GroupID
	Amount   int32 // how much of the resource it wants; 0: one, or all
	Task     TaskID
	Deadline time.Duration // after this it gives up, or is told to, whatever it waits for; 0: not known, or never
	Since    time.Duration // it has waited at least this long; 0: unknown
	Branches []Wait        // parts of it: a gather needs all, a select (and whatever is not a gather) any one
	Evidence Evidence      // Seal makes a target without evidence an inferred one
}

// Awaiter is a task that cannot go on before another one ends or acts, or
// that could wait for it. [Snapshot.AwaitedBy] derives it from waits, groups
// and holders.
type Awaiter struct {
	Task     TaskID
	Group    GroupID    // through this group, or
	Resource ResourceID // through this resource, or directly
	Relation Relation
	Evidence Evidence
}

// Relation is how an awaiter is tied to a task.
type Relation uint8

// The relations of an awaiter.
const (
	RelationAwait  Relation = iota + 1 // it waits for the task to end or act
	RelationHandle                     // it holds a reference it could await, and waits for something else
)

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
	DetailRequestAge = "request_age_ms" // how long ago that came, at least
)

// DetailOutOfReach is a key of [Resource.Detail]: true of what no task that can run
// gets at, so that only those of [Snapshot.Reached], which are stuck, could serve it.
const DetailOutOfReach = "out_of_reach"

// Group is tasks bound to a scope in one task's frame.
type Group struct {
	ID          GroupID
	Kind        string // errgroup.Group, sync.WaitGroup, asyncio.TaskGroup, ...
	Address     uint64
	Owner       TaskID   // the task that opened it, or that waits for it; empty: unknown
	OwnedBy     Evidence // how the owner is known; none: as OpenedAt says, or by the group's own structure
	OpenedAt    *Opening // nil: no opener known
	Members     []TaskID // those found and alive
	Outstanding int      // how many the group itself says are left; -1: it does not say
	Detail      []Attr   // its state, in the order to show it: limit, in_use
	Error       *Failure // what brought the group down
	Evidence    Evidence // how the members are known; the weakest of them
	Problems    []*Problem
}

// Opening is the frame that opened a group, where it stands now.
type Opening struct {
	Task     TaskID
	Frame    int32  // index into that task's frames
	At       *Frame // that frame; set by Seal
	Evidence Evidence
}

// Resource is a thing that waits are on.
type Resource struct {
	ID      ResourceID
	Kind    string // chan, mutex, rwmutex, waitgroup, cond, semaphore, timer, fd, context, lock, event, condition, barrier, queue, future, executor, stream, process, thread, ...
	Type    string // the language's type: chan int, sync.Mutex; empty: unknown
	Address uint64 // 0: has none
	Detail  []Attr // its state, in the order to show it; package render knows what to say of most keys
	Holders []Holder
}

// Attr is one fact of a resource's state, or of a runtime's. Value is a bool, an int64, a
// string, or a time.Duration (which JSON gives in milliseconds under a key
// that ends in _ms). Seal turns other integers into int64, and anything else
// into its text.
type Attr struct {
	Key   string
	Value any
}

// Holder is a task that has the resource.
type Holder struct {
	Task     TaskID
	Evidence Evidence
}

// Waiter is a task that wants a resource: [Snapshot.Waiters].
type Waiter struct {
	Task TaskID
	Kind WaitKind
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
