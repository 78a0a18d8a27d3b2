package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// object is a JSON object; a snapshot is read as JSON has it, so that what
// the normaliser does not know of is kept, and differs where it differs.
type object = map[string]any

// unordered are the lists whose order says nothing: they follow ids and
// addresses. The cases of a select stand in the order of their channels'
// addresses (https://github.com/golang/go/blob/go1.26.0/src/runtime/select.go).
var unordered = []string{
	"in", "tasks", "resources", "members", "waiters", "holders", "holds", "spawned", "awaited_by", "queued", "branches", "problems",
}

// sortLists sorts the lists whose order says nothing, innermost first.
func sortLists(v any) {
	switch v := v.(type) {
	case object:
		for _, e := range v {
			sortLists(e)
		}
		for _, key := range unordered {
			sortList(v[key])
		}
		// A task's first group drives its backtrace; the list of all has no order.
		if list, ok := v["groups"].([]any); ok && len(list) > 0 {
			if _, all := list[0].(object); all {
				sortList(list)
			}
		}
	case []any:
		for _, e := range v {
			sortLists(e)
		}
	}
}

func sortList(v any) {
	list, ok := v.([]any)
	if !ok {
		return
	}
	keys := make(map[int]string, len(list))
	order := make([]int, len(list))
	for i, e := range list {
		text, _ := json.Marshal(e)
		keys[i], order[i] = string(text), i
		if o, ok := e.(object); ok {
			keys[i] = byNumber(o["id"]) + keys[i]
		} else {
			keys[i] = byNumber(e)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	sorted := make([]any, len(list))
	for i, j := range order {
		sorted[i] = list[j]
	}
	copy(list, sorted)
}

// byNumber pads the number of an id, so that go:9 comes before go:10.
func byNumber(v any) string {
	s, _ := v.(string)
	prefix := strings.TrimRight(s, "0123456789")
	return fmt.Sprintf("%s%12s", prefix, s[len(prefix):])
}

// objects returns the objects of a list.
func objects(v any) []object {
	list, _ := v.([]any)
	var out []object
	for _, e := range list {
		if o, ok := e.(object); ok {
			out = append(out, o)
		}
	}
	return out
}

// each calls f for every object in v, outermost first.
func each(v any, f func(object)) {
	switch v := v.(type) {
	case object:
		f(v)
		for _, e := range v {
			each(e, f)
		}
	case []any:
		for _, e := range v {
			each(e, f)
		}
	}
}

// mapStrings returns a copy of v with f applied to its strings, but for those
// that are keys. It visits an object's members in the order of their keys.
func mapStrings(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case object:
		out := make(object, len(v))
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			out[k] = mapStrings(v[k], f)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = mapStrings(e, f)
		}
		return out
	}
	return v
}
