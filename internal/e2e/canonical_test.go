package e2e

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rename gives tasks, groups, resources and addresses names that follow from
// what they are: tasks in canonical order, the others as they come up, task by
// task. Two that differ in nothing, not even in what they refer to or what
// refers to them, may change places: no one can tell.
func rename(doc object) object {
	order, colours := canonicalOrder(doc)
	names := map[string]string{"go:1": "go:1"} // the main goroutine stays it
	named := []string{"go:1"}
	count := map[string]int{"go:": 1}
	name := func(id string) {
		if names[id] != "" {
			return
		}
		named = append(named, id)
		prefix := prefixOf(id)
		count[prefix]++
		names[id] = fmt.Sprint(prefix, count[prefix])
		if prefix == "0x" {
			names[id] = fmt.Sprintf("0x%x", 0xa000+count[prefix])
		}
	}
	for _, id := range order {
		if strings.Contains(id, ":") {
			name(id)
		}
	}
	entities := entitiesOf(doc)
	for i := 0; i < len(named); i++ {
		if e := entities[named[i]]; e != nil {
			for _, ref := range referencesIn(inOrderOf(e, colours)) {
				name(ref)
			}
		}
	}
	for _, id := range order { // what no task leads to
		name(id)
	}
	doc = mapStrings(doc, func(s string) string {
		return reference.ReplaceAllStringFunc(s, func(id string) string { return cmp.Or(names[id], id) })
	}).(object)
	for _, e := range objects(doc["tasks"]) {
		if id, ok := e["id"].(string); ok {
			_, e["native_id"], _ = strings.Cut(id, ":")
		}
	}
	sortLists(doc)
	return doc
}

// prefixOf returns what stands before the number of an id or address.
func prefixOf(id string) string {
	for _, prefix := range []string{"0x", "py:t", "py:"} {
		if strings.HasPrefix(id, prefix) {
			return prefix
		}
	}
	return strings.TrimRight(id, "0123456789")
}

// entitiesOf returns the tasks, groups and resources by their ids.
func entitiesOf(doc object) map[string]object {
	entities := map[string]object{}
	for _, list := range []string{"tasks", "groups", "resources"} {
		for _, e := range objects(doc[list]) {
			if id, ok := e["id"].(string); ok {
				entities[id] = e
			}
		}
	}
	return entities
}

// referencesIn returns the ids and addresses in an object's strings, in order.
func referencesIn(o object) []string {
	var found []string
	mapStrings(o, func(s string) string {
		found = append(found, reference.FindAllString(s, -1)...)
		return s
	})
	return found
}

// inOrderOf returns an entity with its lists that have no order of their own
// in that of the colours of what they refer to.
func inOrderOf(e object, colours map[string]string) object {
	e = mapStrings(e, func(s string) string {
		return reference.ReplaceAllStringFunc(s, func(id string) string { return colours[id] + "@" + id })
	}).(object)
	sortLists(e)
	return mapStrings(e, func(s string) string {
		for id, c := range colours {
			s = strings.ReplaceAll(s, c+"@"+id, id)
		}
		return s
	}).(object)
}

// canonicalOrder puts the ids of a snapshot's tasks, groups and resources, and
// the addresses in it, in an order that does not depend on them: by what they
// are (colour refinement), and where that does not tell them apart by singling
// one out and looking again (individualisation). What counts most is what does
// not change with the Go release or the optimiser.
func canonicalOrder(doc object) (order []string, colours map[string]string) {
	entities := entitiesOf(doc)
	for _, id := range slices.Collect(maps.Keys(entities)) {
		addresses := slices.DeleteFunc(referencesIn(entities[id]), func(s string) bool { return !strings.HasPrefix(s, "0x") })
		for _, a := range addresses { // an address is what it stands in
			if entities[a] == nil {
				entities[a] = object{"in": []any{}}
			}
			entities[a]["in"] = append(entities[a]["in"].([]any), id)
		}
	}
	plain, keys, single := map[string]object{}, map[string]string{}, map[string]string{}
	for id, e := range entities {
		plain[id], keys[id] = withoutLibraries(e), sortKey(e)
	}
	order = slices.Collect(maps.Keys(entities))
	for {
		rough, fine := refine(plain, single), refine(entities, single)
		slices.SortFunc(order, func(a, b string) int {
			return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(rough[a], rough[b]), cmp.Compare(fine[a], fine[b]), cmp.Compare(a, b))
		})
		tie := 1
		for tie < len(order) && fine[order[tie-1]] != fine[order[tie]] {
			tie++
		}
		if tie >= len(order) {
			return order, rough
		}
		single[order[tie]] = fmt.Sprint(len(single))
	}
}

// withoutLibraries returns an entity without what a Go release or the
// optimiser changes: frames but the user's own, their kinds, and how it is
// known what is known.
func withoutLibraries(e object) object {
	e = mapStrings(e, func(s string) string { return s }).(object)
	each(e, func(o object) {
		delete(o, "evidence")
		delete(o, "problems")
		delete(o, "frame")
		delete(o, "spawned") // by main: the runtime's own tasks too
		frames, ok := o["frames"].([]any)
		if !ok {
			return
		}
		o["frames"] = slices.DeleteFunc(frames, func(f any) bool { return f.(object)["origin"] != "user" })
		for _, f := range objects(o["frames"]) {
			delete(f, "kind")
		}
	})
	if id, _ := e["id"].(string); strings.HasPrefix(id, "go:") {
		delete(e, "name") // of a frame
	}
	return e
}

// refine tells the entities apart by what they are, then by the colours of
// what they refer to, until that tells no more of them apart:
// https://en.wikipedia.org/wiki/Colour_refinement_algorithm.
func refine(entities map[string]object, single map[string]string) map[string]string {
	colours, distinct := map[string]string{}, 0
	for {
		next, seen := make(map[string]string, len(entities)), map[string]bool{}
		for id, e := range entities {
			content := mapStrings(e, func(s string) string {
				return reference.ReplaceAllStringFunc(s, func(ref string) string { return "@" + colours[ref] })
			}).(object)
			content["id"] = single[id]
			if id != "go:1" {
				delete(content, "native_id")
			}
			sortLists(content)
			text, _ := json.Marshal(content) // of what was JSON before
			sum := sha256.Sum256(text)
			next[id] = hex.EncodeToString(sum[:8])
			seen[next[id]] = true
		}
		colours = next
		if len(seen) == distinct {
			return colours
		}
		distinct = len(seen)
	}
}

// sortKey puts tasks in the order of their user frames, innermost first,
// system ones last, whatever the release of the standard library; goroutines
// without any by their names.
func sortKey(e object) string {
	var b strings.Builder
	fmt.Fprint(&b, e["system"] == true, " ", e["kind"], " ")
	for _, f := range objects(e["frames"]) {
		if f["origin"] == "user" {
			fmt.Fprint(&b, f["func"], ":", f["line"], " ")
		}
	}
	if id, _ := e["id"].(string); strings.HasPrefix(id, "go:") && strings.HasSuffix(b.String(), "goroutine ") {
		fmt.Fprint(&b, e["name"])
		for _, w := range objects(e["waits"]) {
			fmt.Fprint(&b, " ", w["kind"], " ", w["phase"])
		}
	}
	return b.String()
}
