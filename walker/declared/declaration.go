package declared

import (
	"bytes"
	"embed"
	"fmt"

	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Declaration is what is declared of one scheduler or library: a [[declare]] table.
type Declaration struct {
	Name       string      `toml:"name"`   // of it, and in front of its tasks' ids
	Module     string      `toml:"module"` // it is of programs that have this Go module; empty: of those that have its types
	Tasks      []Task      `toml:"task"`
	Groups     []Group     `toml:"group"`
	Awaitables []Awaitable `toml:"awaitable"`
}

// Thing is what tasks, groups and awaitables have in common.
type Thing struct {
	Type   string            `toml:"type"`   // full, with its package's path
	Roots  []string          `toml:"roots"`  // paths from global variables, "stacks", or "heap"
	Proof  string            `toml:"proof"`  // a path that leads back: what has it is of the type. Roots on stacks need it
	Next   string            `toml:"next"`   // the next in a linked list
	Where  string            `toml:"where"`  // a condition: what does not meet it is left out
	Name   string            `toml:"name"`   // what people call it
	Detail map[string]string `toml:"detail"` // what else to show, by path
}

// Task declares a type whose values are tasks.
type Task struct {
	Thing
	ID        string            `toml:"id"` // a number or a string; empty: the address
	State     string            `toml:"state"`
	States    map[string]string `toml:"states"`    // by what State has: created, runnable, running, waiting, blocked, done, failed, cancelled
	Awaits    string            `toml:"awaits"`    // a task, a group, an awaitable; several: it waits for all of them
	Awaiters  string            `toml:"awaiters"`  // tasks that wait for this one
	Group     string            `toml:"group"`     // that it is a member of
	Creator   string            `toml:"creator"`   // the task that started it
	Goroutine string            `toml:"goroutine"` // that runs it: its id, a *runtime.g, the channel that it receives from, or "stacks": the only one that has it there; several joined by " or ": the first that there is
}

// Group declares a type whose values are groups.
type Group struct {
	Thing
	Kind        string `toml:"kind"`    // what to call it; empty: its type
	Members     string `toml:"members"` // tasks
	Owner       string `toml:"owner"`   // the task that opened it
	Outstanding string `toml:"outstanding"`
}

// Awaitable declares a type whose values tasks wait on.
type Awaitable struct {
	Thing
	Kind    string `toml:"kind"`    // lock, semaphore, future, event, queue, ...; empty: its type
	Holders string `toml:"holders"` // tasks that have it, or will serve it
	Waiters string `toml:"waiters"` // tasks that wait on it

	// AwaitedIn are methods of it: the task whose goroutine stands in one of them
	// awaits the value whose method that is. The type may then be missing.
	AwaitedIn []string `toml:"awaited_in"`
}

// Parse reads the [[declare]] tables of a file. An error is one line, and begins
// with the file, the line and the column.
func Parse(name string, text []byte) ([]Declaration, error) {
	var file struct {
		Declare []Declaration `toml:"declare"`
	}
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&file); err != nil {
		return nil, located(name, err)
	}
	if err := Validate(name, text, file.Declare); err != nil {
		return nil, err
	}
	return file.Declare, nil
}

// Validate says what is wrong with declarations that were read from a file, as
// far as that can be told without a program.
func Validate(name string, text []byte, all []Declaration) error {
	for i := range all {
		if faults := all[i].faults(); len(faults) > 0 {
			return faults[0].in(name, text, i)
		}
	}
	return nil
}

//go:embed declarations/*.toml
var shipped embed.FS

// Shipped are the declarations of libraries that come with dlv-async.
func Shipped() ([]Declaration, error) {
	entries, err := shipped.ReadDir("declarations")
	if err != nil {
		return nil, err
	}
	var all []Declaration
	for _, e := range entries {
		text, err := shipped.ReadFile("declarations/" + e.Name())
		if err != nil {
			return nil, err
		}
		some, err := Parse(e.Name(), text)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// fault is what is wrong with one key of a declaration.
type fault struct {
	table string // task, group, awaitable; empty: the declaration itself
	index int    // of it
	key   string
	why   string
}

// in is the fault as an error, where it stands in the file that the i-th
// declaration was read from.
func (f fault) in(name string, text []byte, i int) error {
	line, column := position(text, i, f)
	return fmt.Errorf("%s:%d:%d: %s", name, line, column, f.why)
}

// thing is one declared type, whatever it is.
type thing struct {
	*Thing
	table     string
	index     int
	task      *Task
	group     *Group
	awaitable *Awaitable
}

// things are all that is declared.
func (d *Declaration) things() []thing {
	var all []thing
	for i := range d.Tasks {
		all = append(all, thing{&d.Tasks[i].Thing, "task", i, &d.Tasks[i], nil, nil})
	}
	for i := range d.Groups {
		all = append(all, thing{&d.Groups[i].Thing, "group", i, nil, &d.Groups[i], nil})
	}
	for i := range d.Awaitables {
		all = append(all, thing{&d.Awaitables[i].Thing, "awaitable", i, nil, nil, &d.Awaitables[i]})
	}
	return all
}

// paths are the paths of a thing, by their keys; those that are empty too.
func (t thing) paths() map[string]string {
	all := map[string]string{"proof": t.Proof, "next": t.Next, "name": t.Name}
	for key, p := range t.Detail {
		all["detail."+key] = p
	}
	switch {
	case t.task != nil:
		all["id"], all["state"], all["awaits"], all["awaiters"] = t.task.ID, t.task.State, t.task.Awaits, t.task.Awaiters
		all["group"], all["creator"] = t.task.Group, t.task.Creator
		for i, p := range t.task.goroutines() {
			key := "goroutine"
			if i > 0 {
				key = fmt.Sprintf("goroutine.%d", i+1)
			}
			if p != onStacks {
				all[key] = p
			}
		}
	case t.group != nil:
		all["members"], all["owner"], all["outstanding"] = t.group.Members, t.group.Owner, t.group.Outstanding
	default:
		all["holders"], all["waiters"] = t.awaitable.Holders, t.awaitable.Waiters
	}
	return all
}

// optional tells whether a program need not have the type.
func (t thing) optional() bool { return t.awaitable != nil && len(t.awaitable.AwaitedIn) > 0 }

// goroutines are the ways to the goroutine that runs a task.
func (t *Task) goroutines() []string {
	if t.Goroutine == "" {
		return nil
	}
	return strings.Split(t.Goroutine, " or ")
}

// faults are what is wrong whatever the program is.
func (d *Declaration) faults() (faults []fault) {
	add := func(t thing, key, format string, args ...any) {
		faults = append(faults, fault{t.table, t.index, key, fmt.Sprintf(format, args...)})
	}
	if d.Name == "" || strings.ContainsAny(d.Name, ": \t\n") || d.Name == "go" || d.Name == "py" {
		faults = append(faults, fault{key: "name", why: fmt.Sprintf("%q is no name for a [[declare]]: it stands in front of ids, as go does", d.Name)})
	}
	for _, t := range d.things() {
		if t.Type == "" {
			add(t, "type", "this [[declare.%s]] names no type", t.table)
		}
		for key, text := range t.paths() {
			if _, err := parsePath(text); err != nil && text != "" {
				add(t, key, "%s: %v", key, err)
			}
		}
		if _, err := parseCondition(t.Where); err != nil {
			add(t, "where", "where: %v", err)
		}
		for _, r := range t.Roots {
			if r == onStacks && t.Proof == "" {
				add(t, "roots", "what lies on stacks may be anything: proof has to say what leads back to it, or to what is known")
			} else if _, _, err := parseRoot(r); err != nil && r != onStacks && r != onHeap {
				add(t, "roots", "roots: %v", err)
			}
		}
		if t.task != nil {
			for from, to := range t.task.States {
				if _, ok := states[to]; !ok {
					add(t, "states", "states: %s is %q, and no state is called so", from, to)
				}
			}
		}
	}
	return faults
}

// onStacks is the root that says to look on the stacks of all goroutines.
const onStacks = "stacks"

// onHeap is the root that says to look wherever typed pointers lead.
const onHeap = "heap"
