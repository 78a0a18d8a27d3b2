// Package snapshot is the way from a source to a sealed graph: it opens the
// source, finds the runtimes in it, lets each collect what it needs while a
// live process stands still, walks what was collected with the process long
// gone on its way, and seals. The commands and the debug adapter share it.
//
// The list of runtimes stands here and nowhere else.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython"
	"github.com/dlv-async/dlv-async/walker/declared"
	"github.com/dlv-async/dlv-async/walker/golang"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// runtimes are all that dlv-async knows, in the order they are shown in.
var runtimes = []walker.Runtime{
	golang.Runtime{},
	cpython.Runtime{},
}

// Runtimes are the names of those that dlv-async knows.
func Runtimes() []string {
	names := make([]string, len(runtimes))
	for i, r := range runtimes {
		names[i] = r.Name()
	}
	return names
}

// Options say how a snapshot is taken.
type Options struct {
	Tool   string // name and version of the program, for the snapshot
	Source string // what the snapshot calls its source; empty: as the image has it

	Locals bool // with the variables of frames
	Redact bool // without the values of strings and buffers

	More []walker.Runtime // are looked for beside those that dlv-async knows

	// Of a live process.
	Heap    bool          // copy all writable memory, not only what walks need
	NoStop  bool          // read it while it runs
	MaxStop time.Duration // let it go on after this; 0: dlvext's default
	Record  io.Writer     // where to write a recording of what was read; nil: nowhere

	// Of a core dump.
	Sysroot string   // a copy of the root directory of the core's machine
	LibDirs []string // directories with libraries of the core's process
	AnyExe  bool     // go on with an executable that is not the core's
}

// shipped are the declarations that come with dlv-async; a test reads them.
var shipped = sync.OnceValue(func() []declared.Declaration {
	all, err := declared.Shipped()
	if err != nil {
		panic(err)
	}
	return all
})

// found is a runtime in an image: an instance, or why there is none.
type found struct {
	name     string
	instance walker.Instance
	err      error
}

// detect finds the runtimes of an image. It is an error when there is none.
func detect(img *dlvext.Image, o Options) ([]found, error) {
	var all []found
	for _, r := range slices.Concat(runtimes, declared.Runtimes(shipped()), o.More) {
		instance, err := r.Detect(img, walker.Options{Locals: o.Locals, Redact: o.Redact, Heap: o.Heap})
		if instance != nil || err != nil {
			all = append(all, found{r.Name(), instance, err})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has none of the runtimes that dlv-async knows: %s", describe(img), strings.Join(Runtimes(), ", "))
	}
	return all, oneWorks(all)
}

// estimate is about how many bytes collect will read, and allocate besides; 0:
// nobody can tell.
func estimate(all []found) (read, beside int64) {
	for _, f := range all {
		if e, ok := f.instance.(walker.Estimator); ok {
			r, b := e.Estimate()
			read, beside = read+r, beside+b
		}
	}
	return read, beside
}

// collect reads what the walks will need.
func collect(ctx context.Context, img *dlvext.Image, all []found) error {
	for i, f := range all {
		if f.err == nil {
			all[i].err = f.instance.Collect(ctx, img)
		}
	}
	return oneWorks(all)
}

// walk describes what was collected, and seals it.
func walk(ctx context.Context, img *dlvext.Image, all []found, o Options) (*graph.Snapshot, error) {
	b, err := describeAll(ctx, img, all, o)
	if err != nil {
		return nil, err
	}
	return o.sealed(b, img), nil
}

// describeAll describes what was collected.
func describeAll(ctx context.Context, img *dlvext.Image, all []found, o Options) (*graph.Builder, error) {
	b := graph.NewBuilder(o.Tool)
	b.Process(process(img, o))
	for i, f := range all {
		if f.err == nil {
			all[i].err = f.instance.Walk(ctx, img, b)
		}
		if err := all[i].err; err != nil {
			b.Problem(&graph.Problem{Code: "unreadable", Severity: graph.Error, Message: fmt.Sprintf("the tasks of %s cannot be shown: %v", f.name, err)})
		}
	}
	return b, errors.Join(oneWorks(all), ctx.Err())
}

// sealed is a snapshot with what is to be known of the image.
func (o Options) sealed(b *graph.Builder, img *dlvext.Image) *graph.Snapshot {
	for _, note := range img.Notes {
		b.Problem(sourceProblem(note))
	}
	return o.seen(b.Seal())
}

// seen is a snapshot as it may be seen.
func (o Options) seen(s *graph.Snapshot) *graph.Snapshot {
	if o.Redact {
		s.Redact()
	}
	return s
}

// sourceProblem is a note on an image as a finding on the whole snapshot.
func sourceProblem(note string) *graph.Problem {
	if message, torn := strings.CutPrefix(note, "torn: "); torn {
		return &graph.Problem{Code: "torn", Severity: graph.Warning, Message: message}
	}
	if message, cut := strings.CutPrefix(note, "cut: "); cut {
		return &graph.Problem{Code: "truncated", Severity: graph.Warning, Message: message}
	}
	return &graph.Problem{Code: "source", Severity: graph.Info, Message: note}
}

// oneWorks is the first error when no runtime works. One that does not work
// beside one that does is a problem of the snapshot.
func oneWorks(all []found) error {
	for _, f := range all {
		if f.err == nil {
			return nil
		}
	}
	return all[0].err
}

// process is what a snapshot says of where it comes from.
func process(img *dlvext.Image, o Options) graph.Process {
	p := graph.Process{
		Source: img.Source, PID: img.PID, Exe: img.Exe, Arch: img.Arch,
		CapturedAt: img.CapturedAt, Stopped: img.Stopped,
	}
	if o.Source != "" {
		p.Source = o.Source
	}
	if img.Signal != nil {
		p.Death = &graph.Death{Kind: "signal", Signal: signalName(img.Signal.Number)}
	}
	return p
}

// describe names an image in an error.
func describe(img *dlvext.Image) string {
	name := filepath.Base(img.Exe)
	switch {
	case img.Exe == "" && img.PID == 0:
		return "this process"
	case img.PID == 0:
		return name
	case img.Exe == "":
		return fmt.Sprintf("process %d", img.PID)
	}
	return fmt.Sprintf("process %d (%s)", img.PID, name)
}
