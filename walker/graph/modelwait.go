package graph

import "time"

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
