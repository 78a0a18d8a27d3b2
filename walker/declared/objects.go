package declared

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// maxObjects bounds what is found of one declaration.
const maxObjects = 1 << 20

// object is a task, a group or an awaitable that was found.
type object struct {
	thing
	addr  uint64
	value dlvext.Value
	doubt string // what is not certain of it at all; empty: nothing
}

// finder finds the objects of one declaration.
type finder struct {
	*reader
	kinds   map[string]thing // by their type's name
	found   map[uint64]*object
	order   []*object
	stackOf map[uint64]uint64 // of what was found on stacks: the one goroutine that has it; 0: several
	trouble map[string]int    // what could not be read, and how often
	first   []string          // those, in the order in which they came
	cut     bool
	doubt   string // of what is found now
	leisure bool   // the heap of a debugger's target is looked through too
}

func newFinder(r *reader, d *Declaration) *finder {
	f := &finder{reader: r, kinds: map[string]thing{}, found: map[uint64]*object{}, stackOf: map[uint64]uint64{}, trouble: map[string]int{}}
	for _, t := range d.things() {
		if typ, err := r.typeOf(t.Type); err == nil {
			f.kinds[typ.Name] = t
			r.held[typ.Name], r.short[short(typ.Name)] = typ, typ
		}
	}
	return f
}

// complain notes what could not be read, once for all that it happens to.
func (f *finder) complain(t thing, key string, err error) {
	var fault *dlvext.Fault
	why := err.Error()
	if errors.As(err, &fault) { // each has an address of its own
		why = "memory that could not be read"
	}
	text := fmt.Sprintf("%s of %s: %s", key, t.Type, why)
	if f.trouble[text] == 0 {
		f.first = append(f.first, text)
	}
	f.trouble[text]++
}

// find looks in the roots of everything, and then where that leads; on the stacks
// last, when it is known what may prove something. It returns what is to be said
// of where it did not look.
func (f *finder) find(d *Declaration, tasks iter.Seq[*graph.Task]) (notes []string) {
	f.fromRoots(d, false)
	f.spread(0)
	before := len(f.order)
	notes = f.inHeap(d, tasks)
	f.spread(before)
	before = len(f.order)
	f.fromRoots(d, true)
	f.spread(before)
	return notes
}

// fromRoots looks in the roots: on stacks, or in the others.
func (f *finder) fromRoots(d *Declaration, stacks bool) {
	things := d.things()
	if stacks { // groups first, which what is less sure of itself may be proven by
		slices.Reverse(things)
	}
	for _, t := range things {
		typ, err := f.typeOf(t.Type)
		if err != nil && t.optional() {
			continue
		}
		if err != nil {
			f.complain(t, "type", err)
			continue
		}
		for _, root := range t.Roots {
			if (root == onStacks) != stacks || root == onHeap {
				continue
			}
			if stacks {
				f.onStacks(t, typ)
				continue
			}
			global, p, err := parseRoot(root)
			if err != nil {
				continue // Validate said so
			}
			v := f.img.Global(global)
			if v.Err() != nil {
				f.complain(t, "roots", v.Err())
				continue
			}
			values, err := f.follow(v, p)
			if err != nil {
				f.complain(t, "roots", err)
			}
			for _, v := range values {
				f.meet(v)
			}
		}
	}
}

// spread follows the references of what was found, from the i-th on.
func (f *finder) spread(i int) {
	for ; i < len(f.order); i++ { // it grows
		o := f.order[i]
		for key, text := range o.paths() {
			if references[key] && text != "" {
				for _, v := range f.lead(o, key, text) {
					f.meet(v)
				}
			}
		}
	}
}

// references are the keys of paths that lead to other objects.
var references = map[string]bool{
	"next": true, "awaits": true, "awaiters": true, "group": true, "creator": true,
	"members": true, "owner": true, "holders": true, "waiters": true,
}

// lead is where a path of an object leads.
func (f *finder) lead(o *object, key, text string) []dlvext.Value {
	p, err := parsePath(text)
	if err != nil {
		return nil
	}
	values, err := f.follow(o.value, p)
	if err != nil {
		f.complain(o.thing, key, err)
	}
	return values
}

// meet takes note of what a value leads to, if that is of a declared type.
func (f *finder) meet(v dlvext.Value) {
	all, err := f.addresses(v)
	if err != nil {
		return // who asked for it has complained, or will
	}
	for _, v := range all {
		t, ok := f.kinds[v.Type().Name]
		if !ok || f.found[v.Addr()] != nil {
			continue
		}
		if len(f.found) == maxObjects {
			f.cut = true
			return
		}
		f.add(t, v)
	}
}

// add adds an object that meets its condition.
func (f *finder) add(t thing, v dlvext.Value) {
	conditions, err := parseCondition(t.Where)
	if err != nil {
		return
	}
	loaded := v.Load()
	if loaded.Err() != nil {
		f.complain(t, "type", loaded.Err())
		return
	}
	is, err := f.meets(loaded, conditions)
	if err != nil {
		f.complain(t, "where", err)
		return
	}
	o := &object{thing: t, addr: v.Addr(), value: loaded, doubt: f.doubt}
	if is {
		f.order = append(f.order, o)
	}
	f.found[v.Addr()] = o
}

// object is the known object that a value leads to; nil: none.
func (f *finder) object(v dlvext.Value) *object {
	all, err := f.addresses(v)
	if err != nil {
		return nil
	}
	for _, v := range all {
		if o := f.found[v.Addr()]; o != nil && v.Type().Name == o.value.Type().Name {
			return o
		}
	}
	return nil
}
