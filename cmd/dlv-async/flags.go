package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/config"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/declared"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// viewFlags are the flags of every command that shows a snapshot.
type viewFlags struct {
	states  []string
	runtime string
	fn      string
	waits   []string
	groups  []string
	labels  []string
	origin  string

	system, full   bool
	locals, redact bool
	heap           bool // at Delve's prompt
	limit          int
	sort           string
	columns        []string

	config     string // the file to read instead of the one that is looked for
	suppressed bool

	output string
	color  string
	width  int
	failOn []string

	current graph.TaskID // no flag: the task that a debugger speaks of; "": none does
}

func newViewFlags() viewFlags { return viewFlags{output: "text", color: "auto"} }

// register adds the flags to a command. What they hold is their default.
func (f *viewFlags) register(c *cobra.Command) {
	fs := c.Flags()
	fs.StringSliceVar(&f.states, "state", f.states, "only tasks in these `STATES`: "+strings.Join(states.names(), ", "))
	fs.StringVar(&f.runtime, "runtime", f.runtime, "only tasks of this `RUNTIME`: "+strings.Join(snapshot.Runtimes(), ", "))
	fs.StringVar(&f.fn, "func", f.fn, "only tasks with a frame whose function matches this `REGEX`")
	fs.StringSliceVar(&f.waits, "wait", f.waits, "only tasks that wait so, also in a branch of a select: a `KIND` such as 'chan send'")
	fs.StringSliceVar(&f.groups, "group", f.groups, "only members of this group: an `ID` such as g1")
	fs.StringArrayVar(&f.labels, "label", f.labels, "only tasks with this label, as `KEY=VALUE`; several must all hold")
	fs.StringVar(&f.origin, "origin", f.origin, "only tasks with a frame of this `ORIGIN`: "+strings.Join(origins.names(), ", "))
	fs.BoolVar(&f.system, "system", f.system, "the runtime's own tasks too")
	fs.BoolVar(&f.full, "full", f.full, "the runtime's own frames too")
	fs.BoolVar(&f.locals, "locals", f.locals, "the variables of the frames too: in the where view, and in JSON")
	fs.BoolVar(&f.redact, "redact", f.redact, "no values of strings and buffers in any output: [redacted] stands for them")
	fs.IntVar(&f.limit, "limit", f.limit, "show `N` entries of a list and say how many are cut; 0: all")
	fs.StringVar(&f.sort, "sort", f.sort, "sort the tasks view by this `COLUMN`; -COLUMN for the reverse")
	fs.StringSliceVar(&f.columns, "columns", f.columns, "show these `COLUMNS` in the tasks view")
	fs.StringVarP(&f.output, "output", "o", f.output, "`FORMAT`: text, json, or of the graph dot, mermaid, svg or html")
	fs.StringVar(&f.color, "color", f.color, "`WHEN` to use colour: auto, always or never; NO_COLOR is respected")
	fs.IntVar(&f.width, "width", f.width, "`COLUMNS` of the output; 0: those of the terminal or of $COLUMNS, else 80")
	fs.StringSliceVar(&f.failOn, "fail-on", f.failOn, "exit with code 3 when a problem with one of these `CODES` is found: deadlock, ...")

	fs.StringVar(&f.config, "config", f.config, "read this `FILE` instead of "+config.Name+" of this directory, or of one above it in the repository")
	fs.BoolVar(&f.suppressed, "suppressed", f.suppressed, "problems too that "+config.Name+" suppresses")

	complete := func(flag string, values ...string) {
		// The error is of a flag that does not exist: the tests would see it.
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	_ = c.RegisterFlagCompletionFunc("config", cobra.FixedCompletions([]cobra.Completion{"toml"}, cobra.ShellCompDirectiveFilterFileExt))
	complete("state", states.names()...)
	complete("runtime", snapshot.Runtimes()...)
	complete("func")
	complete("wait", waitKinds...)
	complete("group")
	complete("label")
	complete("origin", origins.names()...)
	complete("limit")
	complete("sort", render.TaskColumns()...)
	complete("columns", render.TaskColumns()...)
	complete("output", outputs...)
	complete("color", "auto", "always", "never")
	complete("width")
	complete("fail-on", problemCodes()...)
}

// registerHeap adds a flag of Delve's prompt, where a process stands still for as
// long as its user likes.
func (f *viewFlags) registerHeap(c *cobra.Command) {
	c.Flags().BoolVar(&f.heap, "heap", f.heap, "look through the heap too, which may take seconds: what leaked, tasks that a declaration has there")
}

// apply tells those who take the snapshot what the views are to show.
func (f *viewFlags) apply(o *snapshot.Options) {
	o.Locals, o.Redact = f.locals, f.redact
	if c, err := readConfig(f.config); err == nil && c != nil { // newLook tells of the error
		o.More = declared.Runtimes(c.Declare)
	}
}

// filter is what the flags pick, and whether they pick anything.
func (f *viewFlags) filter() (filter graph.Filter, any bool, err error) {
	for _, s := range f.states {
		state, err := states.value("--state", s)
		if err != nil {
			return filter, false, err
		}
		filter.States = append(filter.States, state)
	}
	if f.origin != "" {
		if filter.Origin, err = origins.value("--origin", f.origin); err != nil {
			return filter, false, err
		}
	}
	if f.fn != "" {
		if filter.Func, err = regexp.Compile(f.fn); err != nil {
			return filter, false, usagef("--func: %v", err)
		}
	}
	for _, g := range f.groups {
		n, err := strconv.ParseInt(strings.TrimPrefix(g, "g"), 10, 32)
		if err != nil || n < 1 {
			return filter, false, usagef("--group: %q is no group's id; they look like g1", g)
		}
		filter.Groups = append(filter.Groups, graph.GroupID(n))
	}
	for _, l := range f.labels {
		key, value, ok := strings.Cut(l, "=")
		if !ok || key == "" {
			return filter, false, usagef("--label: %q is not KEY=VALUE", l)
		}
		if filter.Labels == nil {
			filter.Labels = map[string]string{}
		}
		filter.Labels[key] = value
	}
	for _, w := range f.waits {
		if !slices.Contains(waitKinds, w) {
			return filter, false, usagef("--wait: %q is no kind of wait; they are %s", w, strings.Join(waitKinds, ", "))
		}
		filter.Wait = append(filter.Wait, graph.WaitKind(w))
	}
	filter.Runtime = f.runtime
	any = len(f.states)+len(f.waits)+len(f.groups)+len(f.labels) > 0 || f.fn != "" || f.origin != "" || f.runtime != ""
	return filter, any, nil
}

// choices are the values that a flag may have, by name and in order.
type choices[T any] []choice[T]

type choice[T any] struct {
	name  string
	value T
}

func (cs choices[T]) names() []string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.name
	}
	return names
}

func (cs choices[T]) value(flag, name string) (T, error) {
	for _, c := range cs {
		if c.name == name {
			return c.value, nil
		}
	}
	var none T
	return none, usagef("%s: %q is none of %s", flag, name, strings.Join(cs.names(), ", "))
}

var states = choices[graph.State]{
	{"running", graph.StateRunning},
	{"runnable", graph.StateRunnable},
	{"waiting", graph.StateWaiting},
	{"blocked", graph.StateBlocked},
	{"created", graph.StateCreated},
	{"done", graph.StateDone},
	{"failed", graph.StateFailed},
	{"cancelled", graph.StateCancelled},
}

var origins = choices[graph.Origin]{
	{"user", graph.OriginUser},
	{"library", graph.OriginLibrary},
	{"stdlib", graph.OriginStdlib},
	{"runtime", graph.OriginRuntime},
}

var waitKinds = []string{
	string(graph.WaitChanReceive), string(graph.WaitChanSend), string(graph.WaitSelect),
	string(graph.WaitMutex), string(graph.WaitRWMutexRead), string(graph.WaitRWMutexWrite),
	string(graph.WaitWaitGroup), string(graph.WaitCond), string(graph.WaitSemaphore),
	string(graph.WaitSleep), string(graph.WaitTimer), string(graph.WaitNetwork), string(graph.WaitFile),
	string(graph.WaitContext), string(graph.WaitSyscall), string(graph.WaitCoroutine),
	string(graph.WaitForever), string(graph.WaitTask), string(graph.WaitGather), string(graph.WaitAny),
	string(graph.WaitLock), string(graph.WaitEvent), string(graph.WaitCondition), string(graph.WaitBarrier),
	string(graph.WaitTaskGroup), string(graph.WaitQueueGet), string(graph.WaitQueuePut), string(graph.WaitQueueJoin), string(graph.WaitFuture),
	string(graph.WaitExecutor), string(graph.WaitStream), string(graph.WaitSubprocess), string(graph.WaitThread),
	string(graph.WaitOnce), string(graph.WaitSingleflight), string(graph.WaitBubble), string(graph.WaitTurn), string(graph.WaitCgo),
	string(graph.WaitRuntime), string(graph.WaitUnknown),
}
