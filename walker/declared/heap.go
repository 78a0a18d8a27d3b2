package declared

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Go keeps no list of objects by their types, so what is on the heap is found by
// the way that a program itself takes to it: from variables, of packages and of
// functions that run, through whatever their types say is a pointer. Each object
// has the one type that it is reached by, so nothing of this is a guess.

// Bounds of such a search.
const (
	maxTyped   = 1 << 21 // values that are looked at
	maxFrames  = 32      // of one goroutine, whose variables are looked at
	maxStacks  = 1 << 12 // goroutines likewise: Delve takes some milliseconds for one
	maxLoaded  = 1 << 20 // bytes of one value
	maxVarSize = 1 << 30
)

// place is a value that was looked at.
type place struct {
	addr uint64
	typ  *dlvext.Type
}

// search is a search of the heap for values of declared types.
type search struct {
	*finder
	names  map[string]bool // of the types that are looked for
	plans  map[*dlvext.Type]*plan
	leads  map[*dlvext.Type]bool // whether those may be reached from a value of a type
	seen   map[place]bool
	queue  []place
	full   bool // there was more than is looked at
	opaque int  // functions and types that the debug information says nothing of
}

// inHeap looks for what is declared to be found on the heap, and says what was
// not looked at.
func (f *finder) inHeap(d *Declaration, tasks iter.Seq[*graph.Task]) (notes []string) {
	s := &search{finder: f, names: map[string]bool{}, plans: map[*dlvext.Type]*plan{}, leads: map[*dlvext.Type]bool{}, seen: map[place]bool{}}
	var names []string
	for _, t := range d.things() {
		typ, err := f.typeOf(t.Type)
		if err == nil && slices.Contains(t.Roots, onHeap) {
			s.names[typ.Name] = true
			names = append(names, short(t.Type))
		}
	}
	if len(names) == 0 {
		return nil
	}
	what := strings.Join(names, ", ")
	switch {
	case !f.img.Whole:
		return []string{what + " was not looked for on the heap, which was not captured (--capture heap)"}
	case f.img.Source == "delve" && !f.leisure:
		return []string{what + " was not looked for on the heap in a debugger's session, which would stand still for it; at Delve's prompt async --heap does"}
	case f.img.Source == "recording":
		return []string{what + " was not looked for on the heap: a recording has not the types for that"}
	}
	s.variables()
	s.drain()
	if err := s.stacks(tasks); err != nil {
		notes = append(notes, fmt.Sprintf("%s was not looked for in all variables of goroutines: %v", what, err))
	}
	s.drain()
	if err := s.typed(); err != nil {
		notes = append(notes, fmt.Sprintf("%s was not looked for among large objects: %v", what, err))
	}
	if s.full {
		notes = append(notes, fmt.Sprintf("%s was looked for in the first %d values of the heap only", what, maxTyped))
	}
	if s.opaque > 0 {
		notes = append(notes, fmt.Sprintf("%s was not looked for behind %d functions and types of values in interfaces, which the debug information does not describe", what, s.opaque))
	}
	return notes
}

// variables looks at those of packages. The runtime's own lead to nobody's tasks
// that others do not lead to.
func (s *search) variables() {
	for _, m := range s.img.Modules {
		for _, symbol := range m.Variables() {
			name := strings.ReplaceAll(symbol.Name, "%2e", ".")
			if strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime/") || strings.HasPrefix(name, "go:") || strings.HasPrefix(name, "type:") {
				continue
			}
			t, addr, err := m.Global(name)
			if err == nil && t.Size <= maxVarSize {
				s.push(t, addr)
			}
		}
	}
}

// stacks looks at the variables of goroutines: where the debug information says
// that they are.
func (s *search) stacks(tasks iter.Seq[*graph.Task]) (err error) {
	looked := 0
	for t := range tasks {
		goid, ok := goroutineNumber(t.ID)
		if !ok || t.System {
			continue
		}
		if looked++; looked > maxStacks {
			return errors.Join(err, fmt.Errorf("only those of %d goroutines", maxStacks))
		}
		frames, ferr := s.img.StackLocals(goid, maxFrames, dlvext.Bounds{Fields: 1, Redact: true})
		if ferr != nil && err == nil {
			err = ferr
		}
		for _, f := range frames {
			for _, v := range f.Vars {
				s.variable(v)
			}
		}
		s.drain()
	}
	return err
}

// variable looks at one of a function. One that is in registers has no address,
// but what it points to has.
func (s *search) variable(v dlvext.Variable) {
	if v.Kind == reflect.Pointer {
		if len(v.Children) != 1 {
			return
		}
		v = v.Children[0]
	}
	if v.Addr == 0 || v.Unreadable != "" && v.Kind != reflect.Struct {
		return
	}
	if t, err := s.img.Type(v.Type); err == nil {
		s.push(t, v.Addr)
	}
}

// push has a value looked at, once, if it may lead to what is wanted.
func (s *search) push(t *dlvext.Type, addr uint64) {
	p := place{addr, t}
	if t == nil || addr == 0 || !s.mayLead(t) || s.seen[p] {
		return
	}
	if len(s.seen) >= maxTyped {
		s.full = true
		return
	}
	s.seen[p] = true
	s.queue = append(s.queue, p)
}

// drain looks at everything that waits for it.
func (s *search) drain() {
	for len(s.queue) > 0 {
		p := s.queue[len(s.queue)-1]
		s.queue = s.queue[:len(s.queue)-1]
		if p.typ.Size > maxLoaded && p.typ.Kind != reflect.Array {
			s.full = true
			continue
		}
		v := dlvext.NewValue(s.img.Memory, p.typ, p.addr)
		if p.typ.Size <= maxLoaded {
			v = v.Load()
		}
		if v.Err() == nil {
			s.look(v)
		}
	}
}
