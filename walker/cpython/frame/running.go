package frame

import "github.com/dlv-async/dlv-async/walker/cpython/object"

// Running is the stacks of threads, by the generators that execute on them. A
// chain of awaits goes on there.
type Running struct {
	// IsTask tells whether a generator is a task of its own. A chain that comes
	// to it by way of calls, as that of a task that has just started an eager one
	// does, ends before it. Nil: none is.
	IsTask func(gen object.Ref) bool

	gens map[object.Ref]onStack
}

type onStack struct {
	thread uint64
	frames []Frame // of the thread
	index  int     // of the generator's frame
}

// Add adds a thread's frames, as [Reader.Thread] returns them.
func (s *Running) Add(thread uint64, frames []Frame) {
	if s.gens == nil {
		s.gens = map[object.Ref]onStack{}
	}
	for i := range frames {
		if gen := frames[i].Gen; gen != 0 {
			s.gens[gen] = onStack{thread, frames, i}
		}
	}
}

// On returns the PyThreadState of the thread on which a generator executes; 0
// when it does on none.
func (s *Running) On(gen object.Ref) (thread uint64) {
	if s == nil {
		return 0
	}
	return s.gens[gen].thread
}

// inside returns the frames from that of a generator to the innermost, which
// comes first, and the task of its own before which they end, if any.
func (s *Running) inside(gen object.Ref) (thread uint64, frames []Frame, other object.Ref) {
	if s == nil {
		return 0, nil, 0
	}
	on, ok := s.gens[gen]
	if !ok {
		return 0, nil, 0
	}
	for i := on.index - 1; i >= 0 && s.IsTask != nil; i-- {
		if g := on.frames[i].Gen; g != 0 && s.IsTask(g) {
			return on.thread, on.frames[i+1 : on.index+1], g
		}
	}
	return on.thread, on.frames[:on.index+1], 0
}
