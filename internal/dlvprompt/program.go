package dlvprompt

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-delve/delve/service"

	"github.com/dlv-async/dlv-async/dap/delve"
)

// Program is the program that is debugged.
type Program struct {
	*delve.Debuggee // nil: another process's debugger has it

	client service.Client
	moves  atomic.Int64
	stood  string // where it stood when its moves were counted last, if it is another's
}

// Moves counts what may have changed the program: a snapshot is good while
// this stays the same. Of another's program it is seen where its threads stand.
func (p *Program) Moves() int64 {
	if p.Debuggee != nil {
		return p.moves.Load()
	}
	stands := ""
	if state, err := p.client.GetStateNonBlocking(); err == nil {
		var places []string
		for _, th := range state.Threads {
			places = append(places, fmt.Sprintf("%d:%x", th.ID, th.PC))
		}
		slices.Sort(places)
		stands = fmt.Sprint(state.Pid, " ", strings.Join(places, " "))
	}
	if stands == "" || stands != p.stood {
		p.stood = stands
		p.moves.Add(1)
	}
	return p.moves.Load()
}

// Frame is a frame as Delve counts them.
type Frame struct {
	Func string
	Line int
}

// Frames are a goroutine's frames, the innermost first: what the numbers that
// Delve's command frame takes stand for.
func (p *Program) Frames(goroutine int64, depth int) ([]Frame, error) {
	stack, err := p.client.Stacktrace(goroutine, depth, 0, 0, nil)
	if err != nil {
		return nil, err
	}
	frames := make([]Frame, len(stack))
	for i, f := range stack {
		frames[i] = Frame{Line: f.Line}
		if f.Function != nil {
			frames[i].Func = f.Function.Name()
		}
	}
	return frames, nil
}
