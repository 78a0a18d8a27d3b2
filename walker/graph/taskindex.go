package graph

// taskIndex finds where a task stands, by its id. While tasks are added in the
// order of their ids, as walkers mostly do, that is a search in what there is;
// a map of a million ids would take longer to make than all that is looked up.
type taskIndex struct {
	finger finger
	byID   map[TaskID]int32 // once they are out of order
}

// add adds a task behind the others, unless one has its id.
func (x *taskIndex) add(t *Task) bool {
	tasks := x.finger.tasks
	n := len(tasks)
	if x.byID == nil && n > 0 && compareTaskIDs(tasks[n-1].ID, t.ID) >= 0 {
		x.byID = make(map[TaskID]int32, max(2*n, cap(tasks)))
		for i, other := range tasks {
			x.byID[other.ID] = int32(i)
		}
	}
	if x.byID != nil {
		if _, ok := x.byID[t.ID]; ok {
			return false
		}
		x.byID[t.ID] = int32(n)
	}
	x.finger.tasks = append(tasks, t)
	return true
}

// find returns where the task with that id stands.
func (x *taskIndex) find(id TaskID) (int32, bool) {
	if x.byID != nil {
		i, ok := x.byID[id]
		return i, ok
	}
	return x.finger.find(id)
}

// sort puts the tasks in order.
func (x *taskIndex) sort() {
	tasks := x.finger.tasks
	if x.byID == nil || inOrder(tasks) {
		return
	}
	sortTasks(tasks)
	for i, t := range tasks {
		x.byID[t.ID] = int32(i)
	}
}
