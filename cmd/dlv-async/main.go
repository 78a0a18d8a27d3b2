// Command dlv-async shows the logical async backtraces of the tasks of a
// process or a core dump: who waits for whom, what each is part of, and what
// is wrong.
//
// The package wires: each command is a file that turns arguments into a
// source of snapshots and hands it to a view. ARCHITECTURE.md follows one
// command from here to its output.
package main

import (
	"io"
	"os"

	"github.com/dlv-async/dlv-async/internal/demo"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program: it returns the exit code. See exit.go.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == demo.Argument {
		return demo.Serve(stdin, stdout, stderr)
	}
	return execute(&app{stdin: stdin, stdout: stdout, stderr: stderr}, args)
}
