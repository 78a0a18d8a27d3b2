package graph

import (
	"fmt"
	"iter"
	"slices"
)

// Builder collects what walkers find. It is the only way to a [Snapshot].
// It is not safe for concurrent use.
//
// Tasks, resources and groups are handed out or taken as pointers; a walker
// may go on filling them in until Seal. References between them are ids, and
// may be given before what they refer to is added: Seal resolves them.
type Builder struct {
	snapshot  Snapshot // its tasks are those of the index
	tasks     taskIndex
	resources map[uint64]*Resource // by address
	room      []Resource           // for the next
	groups    map[uint64]*Group    // by address
	outside   outside
}

// resourcesAtOnce is how many resources get their memory together.
const resourcesAtOnce = 32

// NewBuilder starts a snapshot made by the named tool and version.
func NewBuilder(tool string) *Builder {
	return &Builder{
		snapshot:  Snapshot{Tool: tool},
		resources: map[uint64]*Resource{},
		groups:    map[uint64]*Group{},
	}
}

// Process says where the snapshot comes from.
func (b *Builder) Process(p Process) { b.snapshot.Process = p }

// Death says why the process ended, where a runtime knows more than the
// signal that the source recorded, which stays.
func (b *Builder) Death(d Death) {
	if known := b.snapshot.Process.Death; known != nil && d.Signal == "" {
		d.Signal = known.Signal
	}
	b.snapshot.Process.Death = &d
}

// Runtime adds a runtime.
func (b *Builder) Runtime(r *Runtime) { b.snapshot.Runtimes = append(b.snapshot.Runtimes, r) }

// Expect makes room for about as many tasks and resources more.
func (b *Builder) Expect(tasks, resources int) {
	b.tasks.finger.tasks = slices.Grow(b.tasks.finger.tasks, tasks)
	if len(b.resources) == 0 {
		b.resources = make(map[uint64]*Resource, resources)
	}
	b.snapshot.Resources = slices.Grow(b.snapshot.Resources, resources)
}

// Task adds a task. Of two tasks with one id the first stays, and the second
// becomes a problem. One without an id gets one.
func (b *Builder) Task(t *Task) {
	if t.ID == "" {
		t.ID = TaskID(fmt.Sprintf("%s:unnamed%d", t.Runtime, len(b.tasks.finger.tasks)+1))
		t.Problems = append(t.Problems, &Problem{Code: codeUnreadable, Severity: Warning, Message: "a task without an id"})
	}
	if !b.tasks.add(t) {
		b.Problem(&Problem{
			Code: codeUnreadable, Severity: Warning,
			Message: "two tasks have the id " + string(t.ID) + "; the first is shown", Tasks: []TaskID{t.ID},
		})
	}
}

// Tasks are the tasks that were added so far: a walker that knows more of them
// may fill that in.
func (b *Builder) Tasks() iter.Seq[*Task] { return slices.Values(b.tasks.finger.tasks) }

// Resource returns the resource at addr, making it with kind at the first
// call; at address 0, which no two resources share, a new one each time.
// Its ID holds until Seal, which numbers anew.
func (b *Builder) Resource(kind string, addr uint64) *Resource {
	if r := b.resources[addr]; r != nil {
		return r
	}
	if len(b.room) == 0 {
		b.room = make([]Resource, resourcesAtOnce)
	}
	r := &b.room[0]
	b.room = b.room[1:]
	*r = Resource{ID: ResourceID(len(b.snapshot.Resources) + 1), Kind: kind, Address: addr}
	b.snapshot.Resources = append(b.snapshot.Resources, r)
	if addr != 0 {
		b.resources[addr] = r
	}
	return r
}

// ResourceByID returns a resource that this Builder handed out, nil when there
// is none of that id.
func (b *Builder) ResourceByID(id ResourceID) *Resource {
	if id < 1 || int(id) > len(b.snapshot.Resources) {
		return nil
	}
	return b.snapshot.Resources[id-1]
}

// Group returns the group at addr, making it with kind at the first call;
// at address 0, which no two groups share, a new one each time.
// Its ID holds until Seal, which numbers anew.
func (b *Builder) Group(kind string, addr uint64) *Group {
	if g := b.groups[addr]; g != nil {
		return g
	}
	g := &Group{ID: GroupID(len(b.snapshot.Groups) + 1), Kind: kind, Address: addr, Outstanding: -1}
	b.snapshot.Groups = append(b.snapshot.Groups, g)
	if addr != 0 {
		b.groups[addr] = g
	}
	return g
}

// Handle says that holder has a reference to held which it could await, and
// waits for something else.
func (b *Builder) Handle(holder, held TaskID, e Evidence) {
	b.outside.await(held, Awaiter{Task: holder, Relation: RelationHandle, Evidence: e})
}

// Reached says which tasks could run and can get at a resource, so that they
// might serve those who wait on it: the nearest first, and not all of them where there
// are many. That they ever will is not said, and nothing follows from it.
func (b *Builder) Reached(r *Resource, by ...Holder) { add(&b.outside.reached, r, by) }

// Problem adds a finding on the whole snapshot.
func (b *Builder) Problem(p *Problem) { b.snapshot.Problems = append(b.snapshot.Problems, p) }

// Truncated says that what was cut to kept of total.
func (b *Builder) Truncated(what string, kept, total int) {
	b.snapshot.Truncated = append(b.snapshot.Truncated, Truncation{what, kept, total})
}

// GroupByID returns a group that [Builder.Group] made.
func (b *Builder) GroupByID(id GroupID) *Group {
	if id <= 0 || int(id) > len(b.snapshot.Groups) {
		return nil
	}
	return b.snapshot.Groups[id-1]
}
