package dlvext

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/rpc"
	"strings"
	"time"

	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/rpc2"
)

// ConnectOptions say how the target of a headless Delve is read.
type ConnectOptions struct {
	Exe string // the executable on this machine; "": the one that runs, or that the command line names

	// Halt has a target that runs stop, and go on when the image is closed.
	Halt bool

	// Heap says that looking through the whole heap is wanted: through Delve,
	// 50 MB take a second.
	Heap bool

	// Remote reads all through Delve, even where the process is on this machine.
	Remote bool
}

// Connection is the stopped target of a headless Delve, which stays as it is:
// nothing is set, continued or ended there, but for a halt that is asked for.
type Connection struct {
	*Image
	Goroutine int64 // that the session speaks of; 0: none

	rpc    *rpcClient
	before *api.DebuggerState
	halt   *rpc.Call // nil: the target was not told to stop
	stood  bool      // and it did
}

// Connect connects to a headless Delve: HOST:PORT, or unix:PATH. The error is
// one line: what is wrong, and what would help.
func Connect(ctx context.Context, addr string, o ConnectOptions) (*Connection, error) {
	if err := refuseOnlyClient(ctx, addr); err != nil {
		return nil, err
	}
	client, err := dialDelve(ctx, addr)
	if err != nil {
		return nil, err
	}
	c := &Connection{rpc: client}
	if err := c.open(ctx, o); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Connection) open(ctx context.Context, o ConnectOptions) error {
	var version api.GetVersionOut
	if err := c.rpc.hello(ctx, &version); err != nil {
		return err
	}
	if version.APIVersion != 2 {
		return fmt.Errorf("the Delve at %s speaks version %d of its API, and this reads version 2: start it with --api-version=2", c.rpc.addr, version.APIVersion)
	}
	several := rpc2.IsMulticlientOut{IsMulticlient: true}
	if err := c.rpc.call(ctx, "IsMulticlient", rpc2.IsMulticlientIn{}, &several); err != nil && !isRefusal(err) { // one of long ago does not know it
		return err
	}
	if err := c.stands(ctx, o.Halt); err != nil {
		return err
	}
	c.Image = &Image{
		Source:     "connect",
		Whole:      o.Heap,
		PID:        c.before.Pid,
		CapturedAt: time.Now(),
	}
	if !several.IsMulticlient {
		c.note("the Delve at %s takes one client, and ends its session when that goes: --accept-multiclient has it take several", c.rpc.addr)
	}
	if g := c.before.SelectedGoroutine; g != nil {
		c.Goroutine = g.ID
	}
	if version.Backend == "core" || o.Remote || !c.direct(ctx) {
		if err := c.through(ctx, o, version.Backend == "core"); err != nil {
			return err
		}
	}
	c.Exe, c.Arch = c.Modules[0].Path, c.Modules[0].arch()
	return c.readThreads(ctx)
}

// stands makes sure that the target stands still.
func (c *Connection) stands(ctx context.Context, halt bool) error {
	state, err := c.state(ctx)
	switch {
	case err != nil:
		return err
	case state.Recording, state.CoreDumping:
		return fmt.Errorf("the target of the Delve at %s is being recorded or dumped: try again when that is over", c.rpc.addr)
	case state.Exited:
		return fmt.Errorf("the target of the Delve at %s has exited with status %d", c.rpc.addr, state.ExitStatus)
	case !state.Running:
		c.before = state
		return nil
	case !halt:
		return fmt.Errorf("the target of the Delve at %s runs: pause it there, or have it stop for a moment with --halt", c.rpc.addr)
	}
	c.halt = c.rpc.begin("Command", api.DebuggerCommand{Name: api.Halt}, &rpc2.CommandOut{})
	if c.before, err = c.stops(ctx); err != nil {
		return err
	}
	c.stood = true
	return nil
}

// stops waits until a target stands that was told to stop.
func (c *Connection) stops(ctx context.Context) (*api.DebuggerState, error) {
	if err := c.rpc.await(ctx, c.halt); err != nil {
		return nil, err
	}
	// Another client that had it go on is told of the stop first.
	for deadline := time.Now().Add(haltPatience); ; {
		state, err := c.state(ctx)
		if err != nil || !state.Running {
			return state, err
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the target of the Delve at %s does not stop", c.rpc.addr)
		}
	}
}

const haltPatience = 10 * time.Second

func (c *Connection) state(ctx context.Context) (*api.DebuggerState, error) {
	var out rpc2.StateOut
	err := c.rpc.call(ctx, "State", rpc2.StateIn{NonBlocking: true}, &out)
	if err == nil && out.State == nil {
		err = fmt.Errorf("the Delve at %s does not say what state its target is in", c.rpc.addr)
	}
	return out.State, err
}

// readThreads reads the registers of the threads, the current one first.
func (c *Connection) readThreads(ctx context.Context) error {
	var list rpc2.ListThreadsOut
	if err := c.rpc.call(ctx, "ListThreads", rpc2.ListThreadsIn{}, &list); err != nil {
		return err
	}
	for _, th := range list.Threads {
		plain := Thread{TID: th.ID}
		var out rpc2.ListRegistersOut
		err := c.rpc.call(ctx, "ListRegisters", rpc2.ListRegistersIn{ThreadID: th.ID}, &out)
		if err != nil && c.rpc.failed() != nil {
			return err
		}
		if plain.Regs = fromNames(out.Regs, c.Arch); plain.Regs != nil && plain.Regs.PC() != th.PC {
			plain.Regs = nil
		}
		c.Threads = append(c.Threads, plain)
		if last := len(c.Threads) - 1; c.before.CurrentThread != nil && th.ID == c.before.CurrentThread.ID {
			c.Threads[0], c.Threads[last] = c.Threads[last], c.Threads[0]
		}
	}
	return nil
}

// Check tells, when the image was read, whether it could be: the error is of
// a Delve that went away meanwhile. A target that another client let go on
// leaves a note.
func (c *Connection) Check(ctx context.Context) error {
	if err := c.rpc.failed(); err != nil {
		return err
	}
	after, err := c.state(ctx)
	if err != nil {
		return err
	}
	if after.Running || !maps.Equal(places(c.before), places(after)) {
		c.note("torn: another client of the Delve at %s let the target go on while it was read, so that parts of what is shown may never have been true together", c.rpc.addr)
	}
	return nil
}

// places are where the threads stand.
func places(s *api.DebuggerState) map[int]uint64 {
	at := map[int]uint64{}
	for _, th := range s.Threads {
		at[th.ID] = th.PC
	}
	return at
}

func (c *Connection) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}

// Close disconnects. A target that was halted goes on.
func (c *Connection) Close() error {
	var errs []error
	if c.halt != nil {
		errs = append(errs, c.goOn())
	}
	if c.Image != nil {
		errs = append(errs, c.Image.Close())
	}
	return errors.Join(append(errs, c.rpc.Close())...)
}

// goOn lets a target go on that was halted. Delve answers when it stops next:
// it was understood once the target runs. One that is still about to stop is waited
// for: it runs, and will not.
func (c *Connection) goOn() error {
	ctx, cancel := context.WithTimeout(context.Background(), haltPatience)
	defer cancel()
	if !c.stood {
		_, _ = c.stops(ctx) // what that says the next call says too
	}
	for begun := false; ; {
		state, err := c.state(ctx)
		if !begun && err == nil && !state.Running && !state.Exited {
			c.rpc.begin("Command", api.DebuggerCommand{Name: api.Continue}, &rpc2.CommandOut{})
			begun = true
			continue
		}
		switch {
		case err != nil && strings.Contains(err.Error(), "has exited"):
			return nil
		case err != nil:
			return fmt.Errorf("the target of the Delve at %s was halted, and whether it goes on is not known: %w", c.rpc.addr, err)
		case state.Running || state.Exited:
			return nil
		}
	}
}

// fromNames returns a thread's registers as Delve's RPC names them; nil: not known.
func fromNames(regs api.Registers, arch string) Registers {
	order := amd64RegOrder
	if arch == "arm64" {
		order = arm64RegOrder
	}
	r := make(Registers, len(order))
	known := false
	for _, reg := range regs {
		value, _, _ := strings.Cut(reg.Value, "\t") // behind it stands what flags are set
		if i, ok := order[strings.ToLower(reg.Name)]; ok {
			if n, err := parseWord(value); err == nil {
				r[i], known = n, true
			}
		}
	}
	if !known {
		return nil
	}
	if arch == "arm64" {
		r = append(r, 0) // its TLS register is not listed
	}
	return r
}
