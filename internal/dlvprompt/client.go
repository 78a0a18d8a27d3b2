package dlvprompt

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/go-delve/delve/service"
	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/rpc2"
)

// mark begins the argument of a call that is no call to Delve but a line of
// the command async: see async.star.
const mark = "\x00async "

// client is Delve's client, which takes the lines of async out.
type client struct {
	service.Client
	answer func(context.Context, Line) Answer
	ready  func()                        // called once when the terminal is about to prompt
	beyond func(frame int) (hint string) // what a frame is that the goroutine does not have

	mu      sync.Mutex
	begun   bool // the terminal runs
	prompts bool // and ready was called
	cancel  context.CancelFunc
}

// CallAPI implements [service.Client]: it is what Starlark's builtins call.
func (c *client) CallAPI(method string, args, reply any) error {
	in, ok := args.(*rpc2.ListFunctionsIn)
	if !ok || !strings.HasPrefix(in.Filter, mark) {
		return c.Client.CallAPI(method, args, reply)
	}
	frame, text, _ := strings.Cut(strings.TrimPrefix(in.Filter, mark), " ")
	line := Line{Text: text}
	line.Frame, _ = strconv.Atoi(frame)
	if state, err := c.GetState(); err == nil && state.SelectedGoroutine != nil {
		line.Goroutine = state.SelectedGoroutine.ID
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.busy(cancel)
	a := c.answer(ctx, line)
	c.busy(nil)
	reply.(*rpc2.ListFunctionsOut).Funcs = append([]string{strings.TrimRight(a.Text, "\n")}, a.Commands...)
	return nil
}

func (c *client) busy(cancel context.CancelFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = cancel
}

var errBusy = errors.New("the target is being looked at")

// GetStateNonBlocking implements [service.Client]. The terminal calls it first
// when the user presses Ctrl-C, and would wait here for the end of a walk that
// Ctrl-C is to end.
func (c *client) GetStateNonBlocking() (*api.DebuggerState, error) {
	c.mu.Lock()
	cancel := c.cancel
	c.mu.Unlock()
	if cancel != nil {
		cancel()
		return nil, errBusy
	}
	return c.Client.GetStateNonBlocking()
}

// IsMulticlient implements [service.Client]: the first call of a terminal that
// begins to run.
func (c *client) IsMulticlient() bool {
	c.mu.Lock()
	c.begun = true
	c.mu.Unlock()
	return c.Client.IsMulticlient()
}

// GetState implements [service.Client]: the last call before the first prompt.
func (c *client) GetState() (*api.DebuggerState, error) {
	c.mu.Lock()
	first := c.begun && !c.prompts
	c.prompts = c.begun
	c.mu.Unlock()
	if first {
		c.ready()
	}
	return c.Client.GetState()
}

// Stacktrace implements [service.Client]. The command frame asks for one frame;
// of one that is not there, it can be said where the logical stack has it.
func (c *client) Stacktrace(goroutine int64, depth, start int, opts api.StacktraceOptions, cfg *api.LoadConfig) ([]api.Stackframe, error) {
	frames, err := c.Client.Stacktrace(goroutine, depth, start, opts, cfg)
	if err == nil && len(frames) == 0 && goroutine < 0 && depth == start && cfg == nil {
		if hint := c.beyond(start); hint != "" {
			return nil, errors.New(hint)
		}
	}
	return frames, err
}
