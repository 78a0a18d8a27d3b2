package declared

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
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

// goroutineNumber is the number of the goroutine that a task is.
func goroutineNumber(id graph.TaskID) (goid int64, ok bool) {
	number, ok := strings.CutPrefix(string(id), "go:")
	goid, err := strconv.ParseInt(number, 10, 64)
	return goid, ok && err == nil
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

// look takes what a value is, and has looked at what it leads to.
func (s *search) look(v dlvext.Value) {
	plan := s.planOf(v.Type())
	for _, e := range plan.exits {
		part := v.At(dlvext.Field{Offset: e.offset, Type: e.typ})
		if part.Err() != nil {
			continue
		}
		switch e.how {
		case wanted:
			s.meet(part)
		case pointer:
			if p, err := part.Pointer(); err == nil && e.typ.Elem() != nil {
				s.push(e.typ.Elem(), p)
			}
		case iface:
			s.held(part)
		case several:
			s.elementsOf(part)
		case channel:
			s.buffered(part)
		case function:
			s.captured(part)
		}
	}
}

// elementsOf has the elements of a slice, a map and so on looked at.
func (s *search) elementsOf(v dlvext.Value) {
	values, _ := s.elements(v, false)
	if v.Type().Kind == reflect.Map || v.Type().Name == "sync.Map" {
		keys, _ := s.elements(v, true)
		values = append(values, keys...)
	}
	for _, e := range values {
		s.push(e.Type(), e.Addr())
	}
}

// held has looked at what an interface holds: the value itself, where that is a
// pointer, else where it is.
func (s *search) held(v dlvext.Value) {
	tab, data, err := v.Interface()
	if err != nil || tab == 0 || data == 0 {
		return
	}
	if !v.Type().HasField("_type") { // it has methods
		b, err := s.bytes(tab+itabType, 8)
		if err != nil {
			return
		}
		tab = word(b)
	}
	t, err := s.img.RuntimeType(tab)
	switch {
	case err != nil:
		s.notKnown(tab)
	case !s.mayLead(t):
	case s.direct(t, 0):
		b := make([]byte, 8)
		for i := range b {
			b[i] = byte(data >> (8 * i))
		}
		s.look(dlvext.ValueOf(s.img.Memory, t, v.Addr()+8, b))
	default:
		s.push(t, data)
	}
}

// direct tells whether an interface holds values of a type themselves, and not a
// pointer to them: https://github.com/golang/go/blob/go1.26.0/src/cmd/compile/internal/types/type.go#L1844
func (s *search) direct(t *dlvext.Type, depth int) bool {
	switch t.Kind {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return t.Len == 1 && t.Elem() != nil && depth < maxPointers && s.direct(t.Elem(), depth+1)
	case reflect.Struct:
		fields := t.Fields()
		return len(fields) == 1 && t.Size == 8 && depth < maxPointers && s.direct(fields[0].Type, depth+1)
	}
	return false
}

// buffered has looked at what is in a channel.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/chan.go#L34
func (s *search) buffered(v dlvext.Value) {
	if isNil(v) {
		return
	}
	ch := v.Deref().Load()
	elem := channelElem(ch.Type())
	n, err := ch.Field("qcount").Uint()
	size, err2 := ch.Field("dataqsiz").Uint()
	first, err3 := ch.Field("recvx").Uint()
	buf, err4 := ch.Field("buf").Pointer()
	if elem == nil || errors.Join(err, err2, err3, err4) != nil || n > size || first >= size || size > maxElements {
		return
	}
	for i := range n {
		s.push(elem, buf+(first+i)%size*uint64(elem.Size))
	}
}

// channelElem is the type of what a channel carries, as the debug information of
// who waits on it has it.
func channelElem(t *dlvext.Type) *dlvext.Type {
	if t == nil {
		return nil
	}
	first, err := t.Field("recvq.first")
	if err != nil || first.Type.Elem() == nil {
		return nil
	}
	elem, err := first.Type.Elem().Field("elem")
	if err != nil {
		return nil
	}
	return elem.Type.Elem()
}

// captured has looked at the variables that a function has with it.
func (s *search) captured(v dlvext.Value) {
	p, err := v.Pointer()
	if err != nil || p == 0 || s.img.ModuleAt(p) != nil { // that of no variables lies in the program
		return
	}
	b, err := s.bytes(p, 8)
	if err != nil {
		return
	}
	t, err := s.img.Closure(word(b))
	if err != nil {
		s.notKnown(word(b))
		return
	}
	s.push(t, p)
}

// notKnown counts a function or a type, once.
func (s *search) notKnown(addr uint64) {
	if at := (place{addr: addr}); !s.seen[at] {
		s.seen[at] = true
		s.opaque++
	}
}
