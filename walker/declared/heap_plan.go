package declared

import (
	"reflect"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// plan is where in the values of a type something leads on.
type plan struct{ exits []exit }

type exit struct {
	offset int64
	typ    *dlvext.Type
	how    exitKind
}

type exitKind int

const (
	wanted exitKind = iota
	pointer
	iface
	several
	channel
	function
)

// Bounds of what debug information may claim of one type.
const (
	maxExits = 1 << 16
	maxNest  = 64
	maxTypes = 1 << 18
)

// planOf makes the plan of a type, once.
func (s *search) planOf(t *dlvext.Type) *plan {
	p := s.plans[t]
	if p == nil {
		p = &plan{}
		s.plans[t] = p
		s.addExits(p, t, 0, 0)
	}
	return p
}

func (s *search) addExits(p *plan, t *dlvext.Type, offset int64, depth int) {
	if t == nil || depth > maxNest || len(p.exits) > maxExits || !s.mayLead(t) {
		return
	}
	add := func(t *dlvext.Type, how exitKind) { p.exits = append(p.exits, exit{offset, t, how}) }
	if s.names[t.Name] {
		add(t, wanted)
	}
	switch {
	case t.Kind == reflect.Pointer:
		add(t, pointer)
	case t.Kind == reflect.Interface:
		add(t, iface)
	case t.Kind == reflect.Chan:
		add(t, channel)
	case t.Kind == reflect.Func:
		add(t, function)
	case isSeveral(t):
		add(t, several)
	case strings.HasPrefix(t.Name, "sync/atomic.Pointer["):
		if v, err := t.Field("v"); err == nil {
			p.exits = append(p.exits, exit{offset + v.Offset, dlvext.NewPointer("*"+t.Name, func() *dlvext.Type { return pointee(t) }), pointer})
		}
	case t.Kind == reflect.Struct:
		for _, f := range t.Fields() {
			if f.Type != nil && f.Offset >= 0 && f.Type.Size >= 0 && f.Offset+f.Type.Size <= t.Size {
				s.addExits(p, f.Type, offset+f.Offset, depth+1)
			}
		}
	}
}

// isSeveral tells whether a type has elements that [reader.elements] finds.
func isSeveral(t *dlvext.Type) bool {
	return t.Kind == reflect.Slice || t.Kind == reflect.Array || t.Kind == reflect.Map ||
		t.Name == "sync.Map" || strings.HasPrefix(t.Name, "internal/sync.HashTrieMap[")
}

// mayLead tells whether what is wanted may be reached from a value of a type. An
// interface may hold anything, and a function anything capture.
func (s *search) mayLead(t *dlvext.Type) bool {
	if t == nil {
		return false
	}
	if known, ok := s.leads[t]; ok {
		return known
	}
	seen := map[*dlvext.Type]bool{t: true}
	queue := []*dlvext.Type{t}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if known, ok := s.leads[at]; ok && !known {
			continue
		} else if ok && known || s.names[at.Name] || at.Kind == reflect.Interface || at.Kind == reflect.Func || len(seen) > maxTypes {
			s.leads[t] = true
			return true
		}
		for _, next := range partsOf(at) {
			if next != nil && !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	for at := range seen {
		s.leads[at] = false
	}
	return false
}

// partsOf are the types that a value of a type has in it, or leads to.
func partsOf(t *dlvext.Type) (parts []*dlvext.Type) {
	switch {
	case t.Kind == reflect.Chan:
		return []*dlvext.Type{channelElem(t.Elem())}
	case t.Kind == reflect.Map:
		key, _ := elementType(t, true)
		elem, _ := elementType(t, false)
		return []*dlvext.Type{key, elem}
	case strings.HasPrefix(t.Name, "sync/atomic.Pointer["):
		return []*dlvext.Type{pointee(t)}
	case t.Kind == reflect.Pointer || t.Kind == reflect.Slice || t.Kind == reflect.Array:
		return []*dlvext.Type{t.Elem()}
	case t.Kind == reflect.Struct:
		for _, f := range t.Fields() {
			parts = append(parts, f.Type)
		}
	}
	return parts
}
