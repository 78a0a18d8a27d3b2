package declared

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// mapElements are the values of a map, or its keys. Its layout tells which kind
// of map it is: since Go 1.24 a Swiss table.
func (r *reader) mapElements(v dlvext.Value, keys bool) ([]dlvext.Value, error) {
	if isNil(v) {
		return nil, nil
	}
	m := v.Deref()
	switch {
	case m.Err() != nil:
		return nil, m.Err()
	case m.Type().HasField("dirPtr"):
		return r.swissMap(m, keys)
	case m.Type().HasField("buckets"):
		return r.classicMap(m, keys)
	}
	return nil, fmt.Errorf("the layout of %s is not known", v.Type().Name)
}

// swissMap are the elements of a Swiss table, as maps are since Go 1.24:
// https://github.com/golang/go/blob/go1.26.0/src/internal/runtime/maps/map.go#L194
func (r *reader) swissMap(m dlvext.Value, keys bool) (all []dlvext.Value, err error) {
	used, err := m.Field("used").Uint()
	if err != nil || used == 0 {
		return nil, err
	}
	n, err := m.Field("dirLen").Uint()
	if err != nil || n > maxElements {
		return nil, errors.Join(err, tooMany(n))
	}
	dir := m.Field("dirPtr") // **table, and of a small map the group itself
	tableType := dir.Type().Elem()
	if tableType != nil {
		tableType = tableType.Elem()
	}
	if tableType == nil {
		return nil, fmt.Errorf("the tables of %s are %w", m.Type().Name, dlvext.ErrAbsent)
	}
	groups, err := tableType.Field("groups.data")
	if err != nil || groups.Type.Elem() == nil {
		return nil, fmt.Errorf("the groups of %s are %w", m.Type().Name, dlvext.ErrAbsent)
	}
	at, err := dir.Pointer()
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return swissGroup(all, dlvext.NewValue(r.img.Memory, groups.Type.Elem(), at), keys)
	}
	seen := map[uint64]bool{}
	for i := range n {
		p, err := r.pointerAt(at + 8*i)
		if err != nil {
			return all, err
		}
		if p != 0 && !seen[p] { // a table may stand there several times
			seen[p] = true
			table := dlvext.NewValue(r.img.Memory, tableType, p)
			mask, err := table.Field("groups.lengthMask").Uint()
			if err != nil || mask >= maxElements {
				return all, errors.Join(err, tooMany(mask))
			}
			first, err := table.Field("groups.data").Pointer()
			if err != nil {
				return all, err
			}
			for g := range mask + 1 {
				group := dlvext.NewValue(r.img.Memory, groups.Type.Elem(), first+g*uint64(groups.Type.Elem().Size))
				if all, err = swissGroup(all, group, keys); err != nil {
					return all, err
				}
			}
		}
	}
	return all, nil
}

// swissGroup adds the slots of a group that are in use: those whose control byte
// has its high bit clear.
func swissGroup(all []dlvext.Value, group dlvext.Value, keys bool) ([]dlvext.Value, error) {
	group = group.Load()
	ctrl, err := group.Field("ctrl").Uint()
	if err != nil {
		return all, err
	}
	part := "elem"
	if keys {
		part = "key"
	}
	slots := group.Field("slots")
	n, err := slots.Len()
	if err != nil {
		return all, err
	}
	for i := range min(n, 8) {
		if ctrl>>(8*i)&0x80 == 0 {
			all = append(all, slots.Index(i).Field(part))
		}
	}
	return all, nil
}

// classicMap are the elements of a table of buckets, as maps were up to Go 1.23:
// https://github.com/golang/go/blob/go1.23.0/src/runtime/map.go#L117
func (r *reader) classicMap(m dlvext.Value, keys bool) (all []dlvext.Value, err error) {
	shift, err := m.Field("B").Uint()
	if err != nil || shift > 20 {
		return nil, errors.Join(err, tooMany(1<<min(shift, 63)))
	}
	for _, b := range []struct {
		field string
		n     uint64
	}{{"buckets", 1 << shift}, {"oldbuckets", 1 << shift}} { // where it grows, at most as many
		first := m.Field(b.field)
		if isNil(first) {
			continue
		}
		size := uint64(0)
		if t := first.Type().Elem(); t != nil {
			size = uint64(t.Size)
		}
		n := b.n
		if b.field == "oldbuckets" { // half as many, or as many where it only got tidier
			if flags, err := m.Field("flags").Uint(); err == nil && flags&sameSizeGrow == 0 && n > 1 {
				n /= 2
			}
		}
		start, err := first.Pointer()
		if err != nil {
			return all, err
		}
		for i := range n {
			bucket := dlvext.NewValue(r.img.Memory, first.Type().Elem(), start+i*size)
			if all, err = classicBucket(all, bucket, keys); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// What a table of buckets says of itself:
// https://github.com/golang/go/blob/go1.23.0/src/runtime/map.go#L78
const (
	sameSizeGrow = 8 // a flag: it grows into as many buckets
	emptyBelow   = 5 // the least of the top hashes of a slot that is in use
)

// classicBucket adds the slots of a bucket, and of those that it overflows into, that
// are in use.

func classicBucket(all []dlvext.Value, bucket dlvext.Value, keys bool) ([]dlvext.Value, error) {
	part := "values"
	if keys {
		part = "keys"
	}
	for range maxElements {
		bucket = bucket.Load()
		hashes, err := bucket.Field("tophash").Bytes(8)
		if err != nil {
			return all, err
		}
		for i, h := range hashes {
			if h >= emptyBelow {
				all = append(all, bucket.Field(part).Index(uint64(i)))
			}
		}
		next := bucket.Field("overflow")
		if isNil(next) || len(all) > maxElements {
			return all, next.Err()
		}
		bucket = next.Deref()
	}
	return all, nil
}

// syncMap is a sync.Map: since Go 1.24 a tree of hashes, before two maps.
// https://github.com/golang/go/blob/go1.23.0/src/sync/map.go#L38
func (r *reader) syncMap(v dlvext.Value, keys bool) ([]dlvext.Value, error) {
	if v.Type().HasField("m") {
		return r.hashTrie(v.Field("m"), keys)
	}
	read, err := r.reach(v.Field("read"))
	switch {
	case errors.Is(err, errNil):
		return nil, nil
	case err != nil:
		return nil, err
	}
	m := read.Field("m")
	if amended, err := read.Field("amended").Bool(); err == nil && amended {
		m = v.Field("dirty")
	}
	if m.Err() != nil || keys {
		all, err := r.mapElements(m, true)
		return all, errors.Join(m.Err(), err)
	}
	entries, err := r.mapElements(m, false) // *entry, whose p is an *any
	var all []dlvext.Value
	for _, e := range entries {
		if isNil(e) {
			continue
		}
		if value, err := r.reach(e.Deref().Field("p")); err == nil {
			all = append(all, value)
		}
	}
	return all, err
}

// maxTrie bounds the nodes of a tree of hashes that wait to be looked at.
const maxTrie = maxElements

// hashTrie are the elements of what a sync.Map is since Go 1.24:
// https://github.com/golang/go/blob/go1.26.0/src/internal/sync/hashtriemap.go#L19
func (r *reader) hashTrie(v dlvext.Value, keys bool) (all []dlvext.Value, err error) {
	inner, err := r.reach(v.Field("root"))
	switch {
	case errors.Is(err, errNil):
		return nil, nil
	case err != nil:
		return nil, err
	}
	// A node begins with whether it is an entry. Of the two types that it then is
	// one is that of the root, the other goes by the same arguments.
	name := strings.Replace(inner.Type().Name, ".indirect[", ".entry[", 1)
	entryType, err := r.typeOf(name)
	if err != nil { // Go 1.27 describes it as it is compiled alone
		entryType, err = r.typeOf(strings.ReplaceAll(name, "interface {}", "go.shape.interface {}"))
	}
	if err != nil {
		return nil, err
	}
	part := "value"
	if keys {
		part = "key"
	}
	stack, seen := []dlvext.Value{inner}, map[uint64]bool{}
	for len(stack) > 0 && len(all) < maxElements && len(stack) < maxTrie {
		node := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[node.Addr()] {
			continue
		}
		seen[node.Addr()] = true
		isEntry, err := node.Field("node.isEntry").Bool()
		if err != nil {
			return all, err
		}
		if isEntry {
			for e := node.As(entryType); len(all) < maxElements; {
				all = append(all, e.Field(part))
				next, err := r.reach(e.Field("overflow"))
				if err != nil || seen[next.Addr()] {
					break // nil, most of the time
				}
				seen[next.Addr()] = true
				e = next
			}
			continue
		}
		children, err := sequence(node.Field("children"))
		if err != nil {
			return all, err
		}
		for _, c := range children {
			if child, err := r.reach(c); err == nil {
				stack = append(stack, child.As(inner.Type()))
			}
		}
	}
	return all, nil
}

func tooMany(n uint64) error {
	if n <= maxElements {
		return nil
	}
	return fmt.Errorf("a map claims %d parts", n)
}
