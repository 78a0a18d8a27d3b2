package cpython

import (
	"fmt"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// subprocesses is asyncio's transport of a child process
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/base_subprocess.py).
var subprocesses = []awaitable{
	{[]string{"asyncio.base_subprocess.BaseSubprocessTransport._wait"}, onSelf(graph.WaitSubprocess, "process", processState)},
}

func processState(w *walk, o object.Ref) (state []graph.Attr) {
	if pid, ok := w.intAttr(o, "_pid"); ok {
		state = append(state, graph.Attr{Key: "pid", Value: pid})
	}
	if command := w.command(w.attr(w.attr(o, "_proc"), "args")); command != "" {
		state = append(state, graph.Attr{Key: "command", Value: command})
	}
	return state
}

// command is what a process was started as: the program alone, since its
// arguments may be secrets, and how many there are.
func (w *walk) command(args object.Ref) string {
	if w.isA(args, "str") { // for a shell
		program, _, more := strings.Cut(w.r.Str(args), " ")
		if more {
			program += " …"
		}
		return baseName(program)
	}
	words := w.items(args)
	if len(words) == 0 {
		return ""
	}
	program := baseName(w.str(words[0]))
	switch n := len(words) - 1; {
	case program == "":
		return ""
	case n > 0:
		return fmt.Sprintf("%s and %s", program, plural(n, "argument", "arguments"))
	}
	return program
}
