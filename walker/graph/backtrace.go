package graph

// Continuation is the relation of one segment of a logical backtrace to the
// one before it.
type Continuation uint8

// The continuations, in the order in which they are tried.
const (
	ContinueSelf     Continuation = iota // the task's own frames
	ContinueScope                        // in the owner, from the frame that opened the group, outwards
	ContinueJoin                         // in a task that waits for this one to end
	ContinueHandOff                      // in a task that waits on what this one alone can serve; inferred
	ContinueCreation                     // at the place of creation; no await
)

// Segment is a run of frames of one task within a logical backtrace.
type Segment struct {
	How      Continuation
	Task     TaskID     // empty: a creator that is not known
	Group    GroupID    // through this group, or
	Resource ResourceID // through this resource
	Evidence Evidence
	Frames   []*Frame // innermost first; empty where nothing is known but the task
	Closes   bool     // the task stands earlier in this path: a cycle, and the path's end
	Cut      bool     // the path goes on, and was not followed further

	by *Creation // of a creator: how that was started itself, as was recorded with it
}

// Path is one logical backtrace, from a task outwards.
type Path []Segment

// maxSegments bounds a path. Real ones have a handful; a chain of a million
// tasks, each of which awaits the next, can be built.
const maxSegments = 1_000

// Backtrace returns the logical backtraces of a task: one path for each way
// outwards, at most limit of them, and how many there would have been
// (a lower bound when it is over limit). A task that is not there has none.
//
// Of a filtered snapshot the paths are those of the whole.
func (s *Snapshot) Backtrace(id TaskID, limit int) (paths []Path, total int) {
	return s.backtrace(id, limit, maxSegments)
}

func (s *Snapshot) backtrace(id TaskID, limit, longest int) (paths []Path, total int) {
	s = s.all()
	t := s.Task(id)
	if t == nil {
		return nil, 0
	}
	f := &follower{s: s, limit: max(limit, 1), longest: longest, onPath: map[TaskID]int{}}
	self := Segment{How: ContinueSelf, Task: id, Evidence: Evidence{Confidence: Proven}, Frames: t.Frames}
	f.push([]Segment{self}, 1)
	for len(f.steps) > 0 && len(paths) < limit {
		f.extend()
		paths = append(paths, f.path())
		f.next()
	}
	return paths, len(paths) + f.untried()
}

// follower walks the paths of a task one by one, depth first.
type follower struct {
	s       *Snapshot
	limit   int // no more ways than this are kept at any step
	longest int
	steps   []step // the path so far
	onPath  map[TaskID]int
	skipped int // ways that were not kept
}

// step is one place on a path. The first of its ways is on the path, the others
// are to be tried after it.
type step struct{ ways []Segment }

func (f *follower) push(ways []Segment, total int) {
	f.steps = append(f.steps, step{ways})
	f.skipped += total - len(ways)
	f.onPath[ways[0].Task]++
}

// extend follows the path to its end.
func (f *follower) extend() {
	for {
		here := &f.steps[len(f.steps)-1].ways[0]
		if here.Closes {
			return
		}
		ways, total := f.s.continuations(*here, f.onPath, f.limit)
		if total == 0 {
			return
		}
		if len(f.steps) == f.longest {
			here.Cut = true
			return
		}
		f.push(ways, total)
	}
}

func (f *follower) path() Path {
	path := make(Path, len(f.steps))
	for i, s := range f.steps {
		path[i] = s.ways[0]
	}
	return path
}

// next goes back to the last step that has a way not tried, and takes that.
func (f *follower) next() {
	for len(f.steps) > 0 {
		top := &f.steps[len(f.steps)-1]
		f.onPath[top.ways[0].Task]--
		if top.ways = top.ways[1:]; len(top.ways) > 0 {
			f.onPath[top.ways[0].Task]++
			return
		}
		f.steps = f.steps[:len(f.steps)-1]
	}
}

// untried counts the ways that were not followed: each is one path at least.
// The first way of the last step is one of them, as next has just taken it.
func (f *follower) untried() int {
	n := f.skipped
	for i, s := range f.steps {
		n += len(s.ways) - 1
		if i == len(f.steps)-1 {
			n++
		}
	}
	return n
}
