package frame

import "github.com/dlv-async/dlv-async/walker/cpython/object"

// Running is the stacks of threads, by the generators that execute on them. A
// chain of awaits goes on there.
type Running struct {
	gens  map[object.Ref]onStack
	roots map[object.Ref]bool
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

// Root tells that a generator is a task of its own. A chain that comes to it
// by way of calls, as that of a task that has just started an eager one does,
// ends before it.
func (s *Running) Root(gen object.Ref) {
	if s.roots == nil {
		s.roots = map[object.Ref]bool{}
	}
	s.roots[gen] = true
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
	for i := on.index - 1; i >= 0; i-- {
		if g := on.frames[i].Gen; g != 0 && s.roots[g] {
			return on.thread, on.frames[i+1 : on.index+1], g
		}
	}
	return on.thread, on.frames[:on.index+1], 0
}
