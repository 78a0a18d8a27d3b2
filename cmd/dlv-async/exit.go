package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // could not; one line on stderr says what, why and what to do
	exitUsage  = 2 // the command line is not understood, or means several tasks
	exitFound  = 3 // what --fail-on names was found
)

// usageError is a command line that cannot be acted on.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// ambiguousError is a TASK that means several. They have been listed.
type ambiguousError struct {
	words string
	tasks int
}

func (e *ambiguousError) Error() string {
	return fmt.Sprintf("%q means %d tasks; name one of them by its id", e.words, e.tasks)
}

// foundError says that a problem of --fail-on was found. The view that was
// printed says the rest.
type foundError struct{ codes []string }

func (e *foundError) Error() string { return "found: " + strings.Join(e.codes, ", ") }

// statusError is the exit code of a program that was run and has said the rest.
type statusError struct{ code int }

func (e *statusError) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// execute runs one command line and turns what became of it into an exit
// code and, where it failed, one line on stderr.
func execute(a *app, args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(a.stderr, "dlv-async: internal error: %v; this is a bug, please report it with what DLV_ASYNC_DEBUG=1 adds\n", oneLine(fmt.Sprint(r)))
			if os.Getenv("DLV_ASYNC_DEBUG") == "1" {
				fmt.Fprintf(a.stderr, "%s", debug.Stack())
			}
			code = exitFailed
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	root := newRoot(a)
	root.SetArgs(behindCmd(args))
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	var usage *usageError
	var ambiguous *ambiguousError
	var found *foundError
	var status *statusError
	switch {
	case errors.As(err, &status):
		return status.code
	case errors.Is(err, syscall.EPIPE):
		return exitDone // the reader of the output has seen enough
	case errors.As(err, &found):
		fmt.Fprintln(a.stderr, "dlv-async:", err)
		return exitFound
	case errors.As(err, &ambiguous):
		fmt.Fprintln(a.stderr, "dlv-async:", oneLine(err.Error()))
		return exitUsage
	case errors.As(err, &usage) || !a.started:
		fmt.Fprintf(a.stderr, "dlv-async: %s (see %s --help)\n", oneLine(err.Error()), command.CommandPath())
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(a.stderr, "dlv-async: interrupted")
		return exitFailed
	}
	fmt.Fprintln(a.stderr, "dlv-async:", oneLine(err.Error()))
	return exitFailed
}

// oneLine keeps an error on its line, and what a target put into it off the
// terminal's control.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0:
			return '?'
		}
		return r
	}, strings.TrimSpace(s))
}
