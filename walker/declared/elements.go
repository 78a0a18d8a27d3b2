package declared

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// maxElements bounds the elements of one slice, map or list.
const maxElements = 1 << 20

// elements are those of a slice, an array, a map (or its keys), a sync.Map or a
// container/list.List.
func (r *reader) elements(v dlvext.Value, keys bool) ([]dlvext.Value, error) {
	t := v.Type()
	switch {
	case t.Kind == reflect.Slice || t.Kind == reflect.Array:
		return sequence(v)
	case t.Kind == reflect.Map:
		return r.mapElements(v, keys)
	case t.Name == "container/list.List":
		return listElements(v)
	case t.Name == "sync.Map":
		return r.syncMap(v, keys)
	case strings.HasPrefix(t.Name, "internal/sync.HashTrieMap["):
		return r.hashTrie(v, keys)
	}
	return nil, fmt.Errorf("%s has no elements: it is no slice, array, map, sync.Map or list", t.Name)
}

func sequence(v dlvext.Value) (all []dlvext.Value, err error) {
	n, err := v.Len()
	if err != nil {
		return nil, err
	}
	if n > maxElements {
		return nil, fmt.Errorf("%s claims %d elements", v.Type().Name, n)
	}
	for i := range n {
		e := v.Index(i)
		if e.Err() != nil {
			return all, e.Err()
		}
		all = append(all, e)
	}
	return all, nil
}

// listElements are the values of a list, which are interfaces:
// https://github.com/golang/go/blob/go1.26.0/src/container/list/list.go#L48
func listElements(v dlvext.Value) (all []dlvext.Value, err error) {
	root := v.Field("root")
	seen := map[uint64]bool{root.Addr(): true}
	for e := root.Field("next"); ; {
		p, err := e.Pointer()
		if err != nil {
			return all, err
		}
		if p == 0 || seen[p] || len(all) == maxElements {
			return all, nil
		}
		seen[p] = true
		node := e.Deref()
		all = append(all, node.Field("Value"))
		e = node.Field("next")
	}
}
