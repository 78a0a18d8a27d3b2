package graph

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

// DetailOutOfReach is a key of [Resource.Detail]: true of what no task that can run
// gets at, so that only those of [Snapshot.Reached], which are stuck, could serve it.
const DetailOutOfReach = "out_of_reach"
