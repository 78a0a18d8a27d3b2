package delve

import (
	"context"
	"errors"
	"sync"

	"github.com/go-delve/delve/pkg/gobuild"
	"github.com/go-delve/delve/pkg/proc"
	"github.com/go-delve/delve/service/debugger"

	"github.com/dlv-async/dlv-async/dlvext"
)

// Debuggee is a program under a debugger.
type Debuggee struct {
	config   debugger.Config // the session shares it
	debugger *debugger.Debugger
	binary   string // built for this debuggee alone; empty: none
	streams  []stream

	mu     sync.Mutex // guards the image
	image  *dlvext.Image
	target *proc.Target // that the image is of
	loaded int          // modules it had then
}

// inner is the debugger, or nil.
func (d *Debuggee) inner() *debugger.Debugger {
	if d == nil {
		return nil
	}
	return d.debugger
}

// Start starts a program under a debugger, attaches it to a process or opens a
// core dump, as config says. A debuggee that no session of [NewSession] takes
// over is its caller's to end.
func Start(config debugger.Config, args []string) (*Debuggee, error) {
	d := &Debuggee{config: config}
	var err error
	d.debugger, err = debugger.New(&d.config, args)
	return d, err
}

// Debugger is the debugger that the program is under.
func (d *Debuggee) Debugger() *debugger.Debugger { return d.debugger }

// PID is the process's id; of a core dump, the id it had.
func (d *Debuggee) PID() int { return d.debugger.ProcessPid() }

// Drain returns once what the program wrote before its end is passed on.
func (d *Debuggee) Drain() {
	for _, s := range d.streams {
		s.drain()
	}
}

// Remove gives back what the debuggee has of its own, once its session has ended.
func (d *Debuggee) Remove() {
	if d.binary != "" {
		gobuild.Remove(d.binary)
		d.binary = ""
	}
	for _, s := range d.streams {
		s.close()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dropImage()
}

// errRunning says that the target runs, and cannot be read.
var errRunning = errors.New("the program is running; pause it first")

// Look calls do with an image of the stopped target, which is good until do
// returns. While it runs, Delve's session waits wherever it needs the target:
// do must return soon after ctx ends. Stops of one program share what do
// remembers of the image's modules; fresh says that these are new.
func (d *Debuggee) Look(ctx context.Context, do func(img *dlvext.Image, fresh bool) error) error {
	if d.debugger.IsRunning() {
		return errRunning
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	group, unlock := d.debugger.LockTargetGroup()
	defer unlock()
	if err := ctx.Err(); err != nil { // it ran in the meantime
		return err
	}
	if _, err := group.Valid(); err != nil {
		return err
	}
	target := group.Selected
	modules := len(target.BinInfo().Images)
	fresh := d.image == nil || d.target != target || d.loaded != modules
	if fresh {
		d.dropImage()
		d.image, d.target, d.loaded = dlvext.FromTarget(target), target, modules
	} else {
		d.image.Refresh(target)
	}
	return do(d.image, fresh)
}

func (d *Debuggee) dropImage() {
	if d.image != nil {
		_ = d.image.Close()
		d.image, d.target = nil, nil
	}
}

// CommandLine is the program's, as it was started.
func (d *Debuggee) CommandLine() string {
	group, unlock := d.debugger.LockTargetGroup()
	defer unlock()
	return group.Selected.CmdLine
}

// Discard ends a debuggee that no session has taken over yet.
func (d *Debuggee) Discard() {
	_ = d.debugger.Detach(d.debugger.AttachPid() == 0)
	d.Remove()
}

// Hit is a goroutine that stands at a breakpoint.
type Hit struct{ Goroutine, Breakpoint int }

// Hits are the goroutines that stand at breakpoints of the user's, the one
// that the program stopped for first. Logpoints of Delve's are none.
func (d *Debuggee) Hits() []Hit {
	state, err := d.debugger.State(true)
	if err != nil || state.Running {
		return nil
	}
	var hits []Hit
	for _, t := range state.Threads {
		if t.Breakpoint == nil || t.Breakpoint.Tracepoint || t.Breakpoint.ID <= 0 {
			continue
		}
		hit := Hit{int(t.GoroutineID), t.Breakpoint.ID}
		if state.CurrentThread != nil && t.ID == state.CurrentThread.ID {
			hits = append([]Hit{hit}, hits...)
		} else {
			hits = append(hits, hit)
		}
	}
	return hits
}
