package declared

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// Check tells whether declarations fit a program, by its debug information
// alone: the types, the variables that are roots, and every field on the paths.
// All that is wrong is told, each on one line with where it stands in the file
// that they were read from.
func Check(name string, text []byte, all []Declaration, img *dlvext.Image) (wrong []error) {
	for i := range all {
		for _, f := range all[i].misfits(newReader(img)) {
			wrong = append(wrong, f.in(name, text, i))
		}
	}
	return wrong
}

// misfits are what of a declaration a program does not have.
func (d *Declaration) misfits(r *reader) (faults []fault) {
	for _, t := range d.things() {
		add := func(key string, err error) {
			faults = append(faults, fault{t.table, t.index, key, fmt.Sprintf("%s: %v", key, err)})
		}
		typ, err := r.typeOf(t.Type)
		if err != nil {
			if !t.optional() {
				add("type", fmt.Errorf("type %s is not in the program", t.Type))
			}
			continue
		}
		paths := t.paths()
		for _, key := range sorted(paths) {
			if paths[key] == "" {
				continue
			}
			p, err := parsePath(paths[key])
			if err == nil {
				_, err = r.typeAt(typ, p)
			}
			if err != nil {
				add(key, err)
			}
		}
		conditions, err := parseCondition(t.Where)
		for _, c := range conditions {
			if err == nil {
				_, err = r.typeAt(typ, c.path)
			}
		}
		if err != nil {
			add("where", err)
		}
		for _, root := range t.Roots {
			if err := r.checkRoot(root, typ); err != nil {
				add("roots", err)
			}
		}
	}
	return faults
}

func sorted(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// checkRoot tells whether a root leads to values of a type.
func (r *reader) checkRoot(root string, typ *dlvext.Type) error {
	if root == onStacks || root == onHeap {
		return nil
	}
	global, p, err := parseRoot(root)
	if err != nil {
		return err
	}
	v := r.img.Global(global)
	if v.Err() != nil {
		return fmt.Errorf("variable %s is not in the program", global)
	}
	to, err := r.typeAt(v.Type(), p)
	if err != nil || to == nil {
		return err
	}
	if to = throughPointers(to); to != nil && to.Name != typ.Name {
		return fmt.Errorf("%s leads to %s, and not to %s", root, to.Name, typ.Name)
	}
	return nil
}

// typeAt is the type that a path leads to; nil where only the memory tells.
func (r *reader) typeAt(t *dlvext.Type, p path) (*dlvext.Type, error) {
	for _, s := range p {
		if s.as != "" {
			next, err := r.typeOf(s.as)
			if err != nil {
				return nil, fmt.Errorf("type %s is not in the program", s.as)
			}
			t = next
			continue
		}
		if t = throughPointers(t); t == nil {
			continue
		}
		if t.Kind == reflect.Interface {
			return nil, fmt.Errorf("%s is an interface: .(its/type.Name) has to say what it holds before %s", t.Name, s)
		}
		var err error
		if s.field != "" {
			f, ferr := t.Field(s.field)
			if ferr != nil {
				return nil, fmt.Errorf("%s has no field %s%s", t.Name, s.field, fieldsOf(t))
			}
			t = f.Type
		} else if t, err = elementType(t, s.keys); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// mostFields is how many fields an error lists.
const mostFields = 12

// fieldsOf lists what fields there are instead.
func fieldsOf(t *dlvext.Type) string {
	var names []string
	for _, f := range t.Fields() {
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > mostFields {
		names, more = names[:mostFields], ", …"
	}
	return "; it has " + strings.Join(names, ", ") + more
}

// throughPointers is what a pointer, or an atomic one, leads to.
func throughPointers(t *dlvext.Type) *dlvext.Type {
	for range maxPointers {
		switch {
		case t == nil:
			return nil
		case t.Kind == reflect.Pointer:
			t = t.Elem()
		case strings.HasPrefix(t.Name, "sync/atomic.Pointer["):
			t = pointee(t)
		case strings.HasPrefix(t.Name, "sync/atomic.") && t.Kind == reflect.Struct && t.HasField("v"):
			f, _ := t.Field("v")
			t = f.Type
		default:
			return t
		}
	}
	return t
}

// elementType is the type of the elements of a slice, a map and so on; nil where
// they are of any.
func elementType(t *dlvext.Type, keys bool) (*dlvext.Type, error) {
	switch {
	case t.Kind == reflect.Slice || t.Kind == reflect.Array:
		return t.Elem(), nil
	case t.Name == "container/list.List", t.Name == "sync.Map", strings.HasPrefix(t.Name, "internal/sync.HashTrieMap["):
		return nil, nil
	case t.Kind != reflect.Map:
		return nil, fmt.Errorf("%s has no elements: it is no slice, array, map, sync.Map or list", t.Name)
	}
	m := t.Elem()
	if m == nil {
		return nil, nil
	}
	swiss, classic := "elem", "values"
	if keys {
		swiss, classic = "key", "keys"
	}
	if dir, err := m.Field("dirPtr"); err == nil {
		group := throughPointers(dir.Type)
		if group == nil {
			return nil, nil
		}
		data, err := group.Field("groups.data")
		if err != nil || throughPointers(data.Type) == nil {
			return nil, nil
		}
		slots, err := throughPointers(data.Type).Field("slots")
		if err != nil || slots.Type.Elem() == nil {
			return nil, nil
		}
		elem, err := slots.Type.Elem().Field(swiss)
		return elem.Type, absent(err)
	}
	if buckets, err := m.Field("buckets"); err == nil && throughPointers(buckets.Type) != nil {
		list, err := throughPointers(buckets.Type).Field(classic)
		if err != nil {
			return nil, absent(err)
		}
		return list.Type.Elem(), nil
	}
	return nil, nil
}

// absent takes what is not known for no error: memory will tell.
func absent(err error) error {
	if errors.Is(err, dlvext.ErrAbsent) {
		return nil
	}
	return err
}
