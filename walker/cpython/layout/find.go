package layout

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// Interpreter is a CPython in a process: one _PyRuntime, with all of its
// interpreters. A process can hold several, when several libpythons are loaded.
type Interpreter struct {
	Version Version
	Module  *dlvext.Module // what holds it: the executable or a libpython
	Runtime uint64         // the address of _PyRuntime
	Layout  *Layout
	Phase   Phase
	Known   string // how the version is known
	Notes   []string
}

// Phase is how far an interpreter is in its life.
type Phase uint8

// The phases.
const (
	Running    Phase = iota
	Starting         // it has no interpreter state, not yet or no more: there is nothing to read
	Finalizing       // it shuts down: threads and modules go away
)

// Find returns the CPythons among the modules of an image, with where their
// structures lie. It reads little, and nothing that the target's standing
// still would matter for.
//
// An error says in one line which Python is there that cannot be read, and
// why; others may have been found beside it. No Python at all is no error.
func Find(img *dlvext.Image) ([]*Interpreter, error) {
	var found []*Interpreter
	var refused []error
	for _, a := range anchors(img) {
		interp, err := a.open(img)
		if err != nil {
			refused = append(refused, err)
			continue
		}
		found = append(found, interp)
	}
	for _, m := range img.Modules {
		if name := nameOf(m.Path); m.Err != nil && name.library && name.minor >= 0 {
			refused = append(refused, name.refusal(m))
		}
	}
	if found == nil && refused == nil {
		refused = nameless(img)
	}
	return found, oneLine(refused)
}

// oneLine joins errors in one line.
func oneLine(errs []error) error {
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	texts := make([]string, len(errs))
	for i, err := range errs {
		texts[i] = err.Error()
	}
	return errors.New(strings.Join(texts, "; "))
}

// open finds out what stands at the anchor. Its errors name what they refuse.
func (a anchor) open(img *dlvext.Image) (*Interpreter, error) {
	i := &Interpreter{Module: a.module, Runtime: a.addr}
	start, err := readBytes(img, a.addr, len(cookie)+8)
	if err != nil {
		return nil, fmt.Errorf("CPython's runtime in %s cannot be read: %w", a.module.Path, err)
	}
	var words described
	if string(start[:len(cookie)]) == cookie {
		words, err = i.readDescription(img)
	} else {
		err = i.nameVersion(img)
	}
	if err != nil {
		return nil, err
	}
	if err := i.lay(img, words); err != nil {
		return nil, err
	}
	if err := i.settle(img); err != nil {
		return nil, err
	}
	return i, nil
}

// String names the interpreter as messages do.
func (i *Interpreter) String() string {
	return fmt.Sprintf("CPython %s (%s)", i.Version, i.Module.Path)
}

// refuse is an error that names the interpreter.
func (i *Interpreter) refuse(format string, args ...any) error {
	return fmt.Errorf("%s cannot be read: %w", i, fmt.Errorf(format, args...))
}

// lay chooses the layout: the table's, with what the interpreter tells.
func (i *Interpreter) lay(img *dlvext.Image, words described) error {
	v := i.Version
	table, ok := Table(v)
	switch {
	case v.Major < 3 || v.Major == 3 && v.Minor < Oldest:
		return i.refuse("3.%d is the oldest that can be", Oldest)
	case ok:
	case words == nil:
		return i.refuse("3.%d is the newest that is known", Newest)
	default:
		next, _ := Table(Version{Major: 3, Minor: Newest})
		next.Version = v
		table = next
		i.note("%s is newer than 3.%d, the newest that is known: what it does not tell of itself is taken to be as there", v, Newest)
	}
	i.Layout = table
	if words == nil {
		if v.Minor >= firstDescribed {
			return i.refuse("it does not begin with the debug offsets that its version has")
		}
		return nil
	}
	if err := words.apply(table); err != nil {
		return i.refuse("it does not describe itself as 3.%d does (%w): a modified build?", min(v.Minor, Newest), err)
	}
	table.Source = "self-described"
	if table.Thread.RunningTask == Absent {
		// In 3.13 it is the first that a thread has behind PyThreadState, which
		// grew within the minor version.
		// https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_tstate.h
		table.Thread.RunningLoop = int(words["thread.size"])
	}
	return i.layAsyncio(img, words)
}

// layAsyncio takes over what the module _asyncio tells of its own.
func (i *Interpreter) layAsyncio(img *dlvext.Image, runtime described) error {
	if i.Layout.Task.Node == Absent {
		return nil
	}
	words, where, err := readAsyncio(img, i.Module)
	switch {
	case err != nil:
		i.note("what %s tells of its tasks cannot be read (%v): the table's offsets stand in", where, err)
		return nil
	case words == nil:
		return nil // not imported yet, or no such section: the table has them
	case words["interp.size"] != runtime["interp.size"] || words["thread.size"] < runtime["thread.size"]:
		return i.refuse("%s was built for another build of it", where)
	}
	changed := *i.Layout
	if err := words.apply(&changed); err != nil {
		return i.refuse("%s does not describe its tasks as 3.%d does: %w", where, min(i.Version.Minor, Newest), err)
	}
	*i.Layout = changed
	return nil
}

func (i *Interpreter) note(format string, args ...any) {
	i.Notes = append(i.Notes, fmt.Sprintf(format, args...))
}
