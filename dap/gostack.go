package dap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// onThreads lists the tasks; Delve's session lists its goroutines where that
// is wanted, or cannot be done.
func (b *goBackend) onThreads(m *wire.Message) {
	st := b.current()
	if st == nil || !b.settings.on("threads") || b.settings.delves.GoroutineFilters != "" {
		b.p.forward(m, nil)
		return
	}
	b.answer(m, func() {
		s, err := st.snapshot()
		if err != nil {
			b.without(st, err)
			b.p.forward(m, nil)
			return
		}
		b.a.out.respond(m, dap.ThreadsResponseBody{Threads: b.threads(s, st)})
	})
}

// without tells the user, once, that the tasks of a stop cannot be shown.
func (b *goBackend) without(st *stop, err error) {
	if st.ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		st.complain.Do(func() { b.a.out.output("console", fmt.Sprintf("The tasks cannot be shown: %v\n", err)) })
	}
}

// fewTasks is up to how many goroutines Delve's session is asked for the stack
// of any of them. It looks for one by listing all, which takes seconds where
// there are 100,000.
const fewTasks = 2_000

// onStackTrace answers with a goroutine's own frames as Delve's session has
// them, and behind them with where its logical stack goes on.
func (b *goBackend) onStackTrace(m *wire.Message) {
	var a dap.StackTraceArguments
	st := b.current()
	if json.Unmarshal(m.Arguments, &a) != nil || st == nil {
		b.p.forward(m, nil)
		return
	}
	task := b.numbers.task(a.ThreadId)
	goid, isGo := goroutine(task)
	if !b.settings.on("stacks") {
		if isGo {
			m.Arguments = merge(m.Arguments, map[string]any{"threadId": goid})
		}
		b.p.forward(m, func(answer *wire.Message) { b.own(answer, goid) })
		return
	}
	b.answer(m, func() {
		if s := st.ready(); !isGo || s != nil && len(s.Tasks) > fewTasks && goid != st.thread {
			b.stackOf(m, st, task, a)
			return
		}
		b.stackWith(m, st, goid, task, a)
	})
}

// stackOf answers from the snapshot alone.
func (b *goBackend) stackOf(m *wire.Message, st *stop, task graph.TaskID, a dap.StackTraceArguments) {
	s, err := st.snapshot()
	if err != nil {
		b.a.out.fail(m, errStack, "Unable to produce stack trace", err.Error(), false)
		return
	}
	all := append(view.Own(s, task), view.Beyond(s, task)...)
	b.a.out.respond(m, dap.StackTraceResponseBody{StackFrames: b.show(s, page(all, a.StartFrame, a.Levels)), TotalFrames: len(all)})
}

// stackWith answers with Delve's frames first.
func (b *goBackend) stackWith(m *wire.Message, st *stop, goid int, task graph.TaskID, a dap.StackTraceArguments) {
	var body dap.StackTraceResponseBody
	err := b.p.ask(st.ctx, "stackTrace", map[string]any{"threadId": goid, "startFrame": max(a.StartFrame, 0), "levels": max(a.Levels, 0)}, &body)
	var refusal *refused
	if errors.As(err, &refusal) {
		refusal.answer.Command, refusal.answer.RequestSeq = m.Command, m.Seq
		b.a.out.send(refusal.answer)
		return
	}
	if err != nil {
		b.a.out.fail(m, errStack, "Unable to produce stack trace", err.Error(), false)
		return
	}
	b.owned(body.StackFrames, goid)
	end := max(a.StartFrame, 0) + len(body.StackFrames) // of what Delve gave
	more := body.TotalFrames > end                      // it has more
	full := a.Levels > 0 && len(body.StackFrames) == a.Levels
	if s := st.ready(); more || full && s == nil {
		// The client will ask on: there may be more behind, which is not
		// waited for where nobody looks at it yet.
		body.TotalFrames++
		b.a.out.respond(m, body)
		return
	}
	s, err := st.snapshot()
	if err != nil {
		b.without(st, err)
		b.a.out.respond(m, body)
		return
	}
	beyond := view.Beyond(s, task)
	own := body.TotalFrames
	if !full {
		levels := 0
		if a.Levels > 0 {
			levels = a.Levels - len(body.StackFrames)
		}
		rest := page(beyond, max(a.StartFrame-own, 0), levels)
		body.StackFrames = append(body.StackFrames, b.show(s, rest)...)
	}
	body.TotalFrames = own + len(beyond)
	b.a.out.respond(m, body)
}

// own remembers whose frames an answer of Delve's session shows.
func (b *goBackend) own(answer *wire.Message, goid int) {
	var body dap.StackTraceResponseBody
	if answer.Success && json.Unmarshal(answer.Body, &body) == nil {
		b.owned(body.StackFrames, goid)
	}
}

func (b *goBackend) owned(frames []dap.StackFrame, goid int) {
	b.ownersMu.Lock()
	defer b.ownersMu.Unlock()
	for _, f := range frames {
		b.owners[f.Id] = goid
	}
}

// owner is the goroutine of one of Delve's frames; 0: it is not known.
func (b *goBackend) owner(frame int) int {
	b.ownersMu.Lock()
	defer b.ownersMu.Unlock()
	return b.owners[frame]
}

// near is how far from where our walker has a frame Delve's may be: it counts
// some of the runtime's own differently.
const near = 6

var errNoFrame = errors.New("this is no frame of a call that is under way: it has no variables")

// delves finds a frame of ours among Delve's, and returns its id there.
func (b *goBackend) delves(ctx context.Context, f shownFrame) (int, error) {
	goid, ok := goroutine(f.Task)
	if f.Frame.Frame == nil || f.Index < 0 || !ok {
		return 0, errNoFrame
	}
	var body dap.StackTraceResponseBody
	start := max(f.Index-near, 0)
	if err := b.p.ask(ctx, "stackTrace", map[string]any{"threadId": goid, "startFrame": start, "levels": 2*near + 1}, &body); err != nil {
		return 0, err
	}
	best := -1
	for i, theirs := range body.StackFrames {
		if theirs.Line != f.Frame.Frame.Line || !strings.HasSuffix(f.Frame.Frame.Func, theirs.Name) && !strings.HasSuffix(theirs.Name, f.Frame.Frame.Func) {
			continue
		}
		if best < 0 || abs(start+i-f.Index) < abs(start+best-f.Index) {
			best = i
		}
	}
	if best < 0 {
		return 0, fmt.Errorf("Delve does not see %s of goroutine %d", f.Frame.Frame.Func, goid)
	}
	b.owned(body.StackFrames, goid)
	return body.StackFrames[best].Id, nil
}

func abs(n int) int { return max(n, -n) }
