package render

import "github.com/dlv-async/dlv-async/walker/graph"

// fewTasks is how many tasks are looked up one by one in the snapshot, which
// searches; more are worth an index.
const fewTasks = 256

// tasks visits those of the list that the snapshot has.
func (v *view) tasks(ids []graph.TaskID, visit func(*graph.Task)) {
	if len(ids) > fewTasks && v.index == nil {
		v.index = make(map[graph.TaskID]*graph.Task, len(v.s.Tasks))
		for _, t := range v.s.Tasks {
			v.index[t.ID] = t
		}
	}
	for _, id := range ids {
		var t *graph.Task
		if len(ids) > fewTasks {
			t = v.index[id]
		} else {
			t = v.s.Task(id)
		}
		if t != nil {
			visit(t)
		}
	}
}
