// Package dlvasync reads a process, a core dump or a file and says what its
// tasks are doing: who waits for whom, what each is part of, and what is wrong.
//
// What it returns is a [graph.Snapshot], which is plain data: look tasks up with
// its Find, follow a logical backtrace with Backtrace and a chain of waits with
// Why, or draw any of the views with package render.
//
// The packages below it can be used by themselves: dlvext opens targets and
// reads their memory, walker says what a language runtime must offer, and
// [Of] walks an image with runtimes of your own too.
package dlvasync

import (
	"context"
	"io"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Options say how a snapshot is taken. The zero Options are what the commands do.
type Options struct {
	Tool   string // the name and version of your program, for the snapshot
	Locals bool   // with the variables of frames
	Redact bool   // without the values of strings and buffers

	// Runtimes are looked for beside Go and CPython.
	Runtimes []walker.Runtime

	// Of a live process.
	Heap    bool          // copy all writable memory: what finding leaks needs
	NoStop  bool          // read it while it runs; what is read may be torn
	MaxStop time.Duration // let it go on after this; 0: [dlvext.DefaultMaxStop]

	// Of a core dump.
	Sysroot string   // a copy of the root directory of the core's machine
	LibDirs []string // directories with libraries of the core's process
	AnyExe  bool     // go on with an executable that is not the core's
}

func (o Options) options() snapshot.Options {
	return snapshot.Options{
		Tool: o.Tool, Locals: o.Locals, Redact: o.Redact, More: o.Runtimes,
		Heap: o.Heap, NoStop: o.NoStop, MaxStop: o.MaxStop,
		Sysroot: o.Sysroot, LibDirs: o.LibDirs, AnyExe: o.AnyExe,
	}
}

// Attach takes a snapshot of a live process. The process stands still for
// milliseconds while it is read, is never written to, and goes on whatever
// happens to the caller.
func Attach(ctx context.Context, pid int, o Options) (*graph.Snapshot, error) {
	return snapshot.Attach(ctx, pid, o.options())
}

// Core takes a snapshot of a core dump. The executable may be "" where the core
// names it.
func Core(ctx context.Context, exe, core string, o Options) (*graph.Snapshot, error) {
	return snapshot.Core(ctx, exe, core, o.options())
}

// Read reads a snapshot that was saved as JSON, or a recording. Errors call what
// is read name.
func Read(ctx context.Context, name string, r io.Reader, o Options) (*graph.Snapshot, error) {
	return snapshot.Read(ctx, name, r, o.options())
}

// Of takes a snapshot of an image that does not run: of a core that was opened
// with [dlvext.OpenCore], of the stopped target of a Delve in this process
// ([dlvext.FromTarget]), of bytes ([dlvext.NewImage]).
func Of(ctx context.Context, img *dlvext.Image, o Options) (*graph.Snapshot, error) {
	return snapshot.Of(ctx, img, o.options())
}
