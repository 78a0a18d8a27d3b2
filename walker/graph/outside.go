package graph

// outside are relations that no wait, group or holder of the snapshot tells:
// handles, who could get at a resource, and those of a filtered snapshot that was
// read from a file.
type outside struct {
	awaiters map[TaskID][]Awaiter
	spawned  map[TaskID][]TaskID
	waiters  map[ResourceID][]Waiter
	reached  map[*Resource][]Holder
}

func (o *outside) await(task TaskID, a ...Awaiter) {
	add(&o.awaiters, task, a)
}

func (o *outside) spawn(task TaskID, spawned ...TaskID) {
	add(&o.spawned, task, spawned)
}

func (o *outside) wait(resource ResourceID, w ...Waiter) {
	add(&o.waiters, resource, w)
}

// add appends to one list of a map that is made when it is needed.
func add[K comparable, V any](m *map[K][]V, key K, values []V) {
	if len(values) == 0 {
		return
	}
	if *m == nil {
		*m = map[K][]V{}
	}
	(*m)[key] = append((*m)[key], values...)
}
