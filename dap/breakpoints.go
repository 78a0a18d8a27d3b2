package dap

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// onSetBreakpoints takes out of breakpoints what Delve does not know, and
// remembers it by the ids that Delve gives them.
func (b *goBackend) onSetBreakpoints(m *wire.Message) {
	var all map[string]json.RawMessage
	var list []map[string]json.RawMessage
	if json.Unmarshal(m.Arguments, &all) != nil || json.Unmarshal(all["breakpoints"], &list) != nil {
		b.p.forward(m, nil)
		return
	}
	ours := make([]*asyncBreakpoint, 0, len(list)) // of those that Delve gets
	bad := map[int]dap.Breakpoint{}                // of the client's
	var theirs []map[string]json.RawMessage
	for i, bp := range list {
		a, err := takeAsync(bp)
		if err != nil {
			bad[i] = dap.Breakpoint{Message: err.Error()}
			continue
		}
		ours, theirs = append(ours, a), append(theirs, bp)
	}
	if !slices.ContainsFunc(ours, func(a *asyncBreakpoint) bool { return a != nil }) && len(bad) == 0 {
		// As nearly always: the request goes on as it came. What was a
		// breakpoint with async before is a plain one now.
		b.p.forward(m, func(answer *wire.Message) { b.remember(answer, ours, nil) })
		return
	}
	if theirs == nil {
		theirs = []map[string]json.RawMessage{}
	}
	m.Arguments = merge(m.Arguments, map[string]any{"breakpoints": theirs})
	b.p.forward(m, func(answer *wire.Message) { b.remember(answer, ours, bad) })
}

// takeAsync takes out of a breakpoint what Delve does not know; nil: nothing.
func takeAsync(bp map[string]json.RawMessage) (*asyncBreakpoint, error) {
	var condition, message string
	_ = json.Unmarshal(bp["condition"], &condition)
	_ = json.Unmarshal(bp["logMessage"], &message)
	tests, rest, err := asyncTerms(condition)
	if err != nil {
		return nil, err
	}
	a := &asyncBreakpoint{under: tests}
	// A log message of a breakpoint that Delve stops at must be ours too.
	if message != "" && (len(tests) > 0 || asyncInLog.MatchString(message)) {
		if a.log, err = logParts(message); err != nil {
			return nil, err
		}
		delete(bp, "logMessage")
	}
	if len(tests) == 0 && a.log == nil {
		return nil, nil
	}
	if len(tests) > 0 {
		delete(bp, "condition")
		if rest = strings.TrimSpace(rest); rest != "" {
			bp["condition"] = encode(rest)
		}
	}
	return a, nil
}

// remember notes which of Delve's breakpoints are ours to decide on, and puts
// those that Delve never saw into its answer.
func (b *goBackend) remember(answer *wire.Message, ours []*asyncBreakpoint, bad map[int]dap.Breakpoint) {
	var body dap.SetBreakpointsResponseBody
	if !answer.Success || json.Unmarshal(answer.Body, &body) != nil {
		return
	}
	b.asyncMu.Lock()
	for i, bp := range body.Breakpoints {
		if i < len(ours) && ours[i] != nil {
			b.async[bp.Id] = ours[i]
		} else {
			delete(b.async, bp.Id)
		}
	}
	b.asyncMu.Unlock()
	if len(bad) == 0 {
		return
	}
	var whole []dap.Breakpoint
	for i := 0; len(whole) < len(body.Breakpoints)+len(bad); i++ {
		if bp, ok := bad[i]; ok {
			whole = append(whole, bp)
			continue
		}
		whole = append(whole, body.Breakpoints[i-badBefore(bad, i)])
	}
	answer.Body = encode(dap.SetBreakpointsResponseBody{Breakpoints: whole})
}

func badBefore(bad map[int]dap.Breakpoint, i int) (n int) {
	for j := range bad {
		if j < i {
			n++
		}
	}
	return n
}

// undecided tells whether a stop is at breakpoints that are ours to decide on.
func (b *goBackend) undecided(body *dap.StoppedEventBody) bool {
	b.asyncMu.Lock()
	defer b.asyncMu.Unlock()
	return slices.ContainsFunc(body.HitBreakpointIds, func(id int) bool { return b.async[id] != nil })
}

// decide shows the client a stop, or has the program go on as if there had
// been none. All goroutines that stand at a breakpoint are looked at: Delve
// names one.
func (b *goBackend) decide(m *wire.Message, body dap.StoppedEventBody) {
	defer func() {
		if r := recover(); r != nil { // the client must learn of the stop
			b.a.log("%v", internalError(r))
			b.decided(m, body, nil)
		}
	}()
	s, err := b.take(b.ctx)
	if err != nil {
		b.a.out.output("console", fmt.Sprintf("A breakpoint's async condition cannot be decided: %v\n", err))
		b.decided(m, body, nil)
		return
	}
	for _, hit := range b.d.Hits() {
		b.asyncMu.Lock()
		a := b.async[hit.Breakpoint]
		b.asyncMu.Unlock()
		id := graph.TaskID(fmt.Sprintf("%s%d", goPrefix, hit.Goroutine))
		if a != nil && !a.holds(s, id) {
			continue
		}
		if a != nil && a.log != nil {
			b.logAt(b.ctx, s, id, hit, a.log)
			continue
		}
		body.ThreadId, body.HitBreakpointIds = hit.Goroutine, []int{hit.Breakpoint}
		b.decided(m, body, s)
		return
	}
	b.asyncMu.Lock()
	goOn := !b.pauseWanted && !b.leaving
	if goOn {
		// Under the lock: a pause that comes now comes to Delve after this.
		b.p.start("continue", encode(map[string]any{"threadId": body.ThreadId}), call{reply: make(chan *wire.Message, 1)})
	}
	b.asyncMu.Unlock()
	if !goOn {
		body.Reason, body.HitBreakpointIds = "pause", nil
		b.decided(m, body, s)
	}
}

// decided shows the client a stop.
func (b *goBackend) decided(m *wire.Message, body dap.StoppedEventBody, s *graph.Snapshot) {
	b.newStop(body.ThreadId, s)
	m.Body = encode(body)
	b.a.out.send(m)
}

// logAt writes a logpoint's message.
func (b *goBackend) logAt(ctx context.Context, s *graph.Snapshot, id graph.TaskID, hit delve.Hit, parts []string) {
	var stack dap.StackTraceResponseBody
	_ = b.p.ask(ctx, "stackTrace", map[string]any{"threadId": hit.Goroutine, "startFrame": 0, "levels": 1}, &stack)
	event := dap.OutputEventBody{Category: "stdout"}
	frame := 0
	if len(stack.StackFrames) > 0 {
		top := stack.StackFrames[0]
		frame, event.Source, event.Line = top.Id, top.Source, top.Line
	}
	text := ""
	for i, part := range parts {
		switch {
		case i%2 == 0:
			text += part
		case part == "async.where":
			text += whereLine(s, id)
		case part == "async.task":
			text += string(id)
		default:
			var value dap.EvaluateResponseBody
			if err := b.p.ask(ctx, "evaluate", map[string]any{"expression": part, "frameId": frame, "context": "watch"}, &value); err != nil {
				value.Result = "{eval err: " + err.Error() + "}"
			}
			text += value.Result
		}
	}
	event.Output = fmt.Sprintf("> [Go %d]: %s\n", hit.Goroutine, text)
	b.a.out.event("output", event)
}

// wantPause notes that the client asked for a pause, or that it has what it asked
// for. Delve does nothing about a pause that comes while the program stands at a
// breakpoint, as the client must have been told of that; of one that is to be
// decided on it may never be.
func (b *goBackend) wantPause(wanted bool) {
	b.asyncMu.Lock()
	defer b.asyncMu.Unlock()
	b.pauseWanted = wanted
}
