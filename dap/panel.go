package dap

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// panel is what the client's debug panel shows of the tasks: the part of a
// backend that does not depend on where snapshots come from.
type panel struct {
	a        *adapter
	settings settings
	numbers  numbers
	told     map[string]bool // problems the user was told of, by their fingerprint
	path     func(string) string

	ctx    context.Context // ends with the session
	cancel context.CancelFunc

	mu        sync.Mutex
	now       *stop // nil while the target runs
	frames    []shownFrame
	variables []shownVariables
	places    []*graph.Frame     // where values that the client was shown lead to
	trees     map[bool]shownTree // by whether system tasks are in it
}

// The ids that the panel gives away begin here; Delve's begin at 1000.
const firstID = 1 << 30

// shownFrame is a frame or label that the client was shown.
type shownFrame struct {
	view.Frame
	s *graph.Snapshot
}

// shownVariables is something that the client can open.
type shownVariables struct {
	children func() []view.Variable
	all      []view.Variable // once opened
}

func newPanel(a *adapter) *panel {
	p := &panel{a: a, told: map[string]bool{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// stopped begins a stop. Frames and variables of the one before are no more.
func (p *panel) stopped(thread int, take func(context.Context) (*graph.Snapshot, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now != nil {
		p.now.cancel()
	}
	p.now = newStop(p.ctx, thread, take, p.taken)
	p.frames, p.variables, p.places, p.trees = nil, nil, nil, nil
}

// runs ends a stop: a walk that is under way is given up.
func (p *panel) runs() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now != nil {
		p.now.cancel()
		p.now = nil
	}
}

// current is the stop that there is now, or nil.
func (p *panel) current() *stop {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// answer answers a request beside the others: it may have to wait for a walk.
func (p *panel) answer(m *wire.Message, do func()) {
	go func() {
		defer p.a.recovered(m)
		do()
	}()
}

// answerFrom answers a request with what do makes of a stop's snapshot, beside the
// others.
func (p *panel) answerFrom(m *wire.Message, st *stop, do func(*graph.Snapshot) (body any, err error)) {
	p.answer(m, func() {
		var body any
		s, err := st.snapshot()
		if err == nil {
			body, err = do(s)
		}
		if err != nil {
			p.cannot(m, err)
			return
		}
		p.a.out.respond(m, body)
	})
}

func internalError(r any) error { return fmt.Errorf("internal error: %v\n%s", r, debug.Stack()) }

// threads lists the tasks as threads.
func (p *panel) threads(s *graph.Snapshot, st *stop) []dap.Thread {
	limit := p.settings.threadLimit()
	list := st.threads(limit, func() []view.Thread {
		return view.Threads(s, view.ThreadOptions{
			Limit: limit, Current: p.numbers.task(st.thread),
			HideSystem: p.settings.delves.HideSystemGoroutines, Labels: p.settings.delves.ShowPprofLabels,
		})
	})
	threads := make([]dap.Thread, len(list))
	for i, t := range list {
		id := t.Task
		if t.More != nil {
			id = "more:" + id
		}
		threads[i] = dap.Thread{Id: p.numbers.named(id, t.Task), Name: t.Name}
	}
	return threads
}

// show gives frames ids and makes them the protocol's.
func (p *panel) show(s *graph.Snapshot, frames []view.Frame) []dap.StackFrame {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]dap.StackFrame, len(frames))
	for i, f := range frames {
		out[i] = p.stackFrame(s, f)
		out[i].Id = firstID + len(p.frames)
		p.frames = append(p.frames, shownFrame{f, s})
	}
	return out
}

// shown returns a frame that the client was shown in this stop.
func (p *panel) shown(id int) (shownFrame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := id - firstID; i >= 0 && i < len(p.frames) {
		return p.frames[i], true
	}
	return shownFrame{}, false
}
