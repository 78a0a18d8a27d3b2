package dap

import (
	"strconv"
	"strings"
	"sync"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// numbers gives tasks the numbers that the protocol wants of threads. A
// goroutine's is its own, which is Delve's too; others are counted as they
// are met. A task keeps its number as long as the session lasts.
type numbers struct {
	mu    sync.Mutex
	tasks map[int]graph.TaskID
	ids   map[graph.TaskID]int
}

// firstNumber is beyond the goroutines that a program may start in a day, and
// within what clients hold in 31 bits.
const firstNumber = 1_500_000_000

const goPrefix = "go:"

// goroutine is the number of a goroutine's task; false: it is another task.
func goroutine(id graph.TaskID) (int, bool) {
	digits, ok := strings.CutPrefix(string(id), goPrefix)
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && n < firstNumber
}

// of returns the number of a task.
func (n *numbers) of(id graph.TaskID) int { return n.named(id, id) }

// named returns the number of what has a name of its own and stands for a
// task: "more:go:5" for those that are like go:5.
func (n *numbers) named(name, id graph.TaskID) int {
	if g, ok := goroutine(name); ok {
		return g
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if number, ok := n.ids[name]; ok {
		return number
	}
	if n.ids == nil {
		n.ids, n.tasks = map[graph.TaskID]int{}, map[int]graph.TaskID{}
	}
	number := firstNumber + len(n.ids)
	n.ids[name], n.tasks[number] = number, id
	return number
}

// task returns the task that a number stands for.
func (n *numbers) task(number int) graph.TaskID {
	n.mu.Lock()
	defer n.mu.Unlock()
	if id, ok := n.tasks[number]; ok {
		return id
	}
	return graph.TaskID(goPrefix + strconv.Itoa(number))
}
