package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/golang/heap"
)

// field is where a structure keeps a number or a pointer. The zero field is
// one that this Go version does not have; it reads as 0.
type field struct{ off, size int }

// of is the field's value in the structure's bytes.
func (f field) of(b []byte) uint64 { return heap.Field{Off: f.off, Size: f.size}.Of(b) }

// resolver looks structures up, and remembers the first field that is needed
// and not there.
type resolver struct {
	from shapes
	err  error
}

// structure finds one by its full name.
func (r *resolver) structure(name string) *structure {
	s := r.optional(name)
	if s.absent && r.err == nil {
		r.err = fmt.Errorf("type %s: %w", name, errNoLayout)
	}
	return s
}

// optional is structure for one that a program may well not have: the linker
// leaves out what nothing uses. Then it has no fields and no size.
func (r *resolver) optional(name string) *structure {
	size, ok := r.from.size(name)
	return &structure{resolver: r, name: name, bytes: size, absent: !ok}
}

// structure is one that the resolver has found, or that the program has not.
type structure struct {
	resolver *resolver
	name     string
	bytes    int
	absent   bool
}

func (s *structure) size() int { return s.bytes }

// need returns the field at the first of the paths that the structure has.
func (s *structure) need(paths ...string) field {
	f, ok := s.find(paths)
	if !ok && !s.absent && s.resolver.err == nil {
		s.resolver.err = fmt.Errorf("%s has no field %s; this Go version is not known", s.name, paths[0])
	}
	return f
}

// maybe is need for a field that some Go versions do not have.
func (s *structure) maybe(paths ...string) field {
	f, _ := s.find(paths)
	return f
}

// find looks for the field at the first of the paths that the structure has.
func (s *structure) find(paths []string) (field, bool) {
	for _, p := range paths {
		if f, ok := s.resolver.from.field(s.name, p); ok {
			return f, true
		}
	}
	return field{}, false
}
