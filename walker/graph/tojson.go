package graph

import (
	"fmt"
	"time"
)

// From the model to its JSON shapes.

func toProcess(p Process) jsonProcess {
	out := jsonProcess{Source: p.Source, PID: p.PID, Exe: p.Exe, Arch: p.Arch}
	if !p.CapturedAt.IsZero() {
		out.CapturedAt = p.CapturedAt.UTC().Format(time.RFC3339Nano)
	}
	if p.Stopped > 0 { // rounded up: it did stand still
		out.StoppedMS = int64((p.Stopped + time.Millisecond - 1) / time.Millisecond)
	}
	if d := p.Death; d != nil {
		out.Death = &jsonDeath{d.Kind, d.Signal, d.Message, d.Task, d.Chain}
	}
	return out
}

func toRuntime(r *Runtime) jsonRuntime {
	return jsonRuntime{r.ID, r.Name, r.Version, r.Layout, r.Tasks, r.Complete, r.Stats, r.Notes, r.LookedFor}
}

func toEvidence(e Evidence) *jsonEvidence {
	if e.Confidence == 0 {
		return nil
	}
	return &jsonEvidence{e.Confidence.String(), e.How}
}

func toAddress(addr uint64) string {
	if addr == 0 {
		return ""
	}
	return fmt.Sprintf("0x%x", addr)
}

func toFrame(f *Frame) jsonFrame {
	out := jsonFrame{
		Func: f.Func, Module: f.Module, File: f.File, Line: f.Line, PC: toAddress(f.PC),
		Origin: f.Origin.String(), Hidden: f.Hidden, Kind: f.Kind.String(),
	}
	for _, l := range f.Locals {
		out.Locals = append(out.Locals, jsonLocal(l))
	}
	return out
}

func toFrames(frames []*Frame) []jsonFrame { return toEach(frames, toFrame) }

func toEach[T, J any](items []T, to func(T) J) []J {
	if len(items) == 0 {
		return nil
	}
	out := make([]J, len(items))
	for i, item := range items {
		out[i] = to(item)
	}
	return out
}

func toIDs[ID interface{ String() string }](ids []ID) []string {
	return toEach(ids, func(id ID) string { return id.String() })
}

func toWaits(t *Task, waits []Wait) []jsonWait {
	return toEach(waits, func(w Wait) jsonWait {
		out := jsonWait{
			Kind: w.Kind, Text: w.Text, Phase: w.Phase, Resource: w.Resource.String(), Task: w.Task, Group: w.Group.String(), Amount: max(w.Amount, 0),
			SinceMS: w.Since.Milliseconds(), Deadline: w.Deadline.Milliseconds(), Branches: toWaits(t, w.Branches), Evidence: toEvidence(w.Evidence),
		}
		if len(t.Frames) > 0 {
			out.Frame = &w.Frame
		}
		return out
	})
}

func toVia(g GroupID, r ResourceID) string {
	if g != 0 {
		return g.String()
	}
	return r.String()
}

func toAwaiter(a Awaiter) jsonAwaiter {
	return jsonAwaiter{a.Task, toVia(a.Group, a.Resource), a.Relation.String(), toEvidence(a.Evidence)}
}

func toCreation(c *Creation) *jsonCreation {
	if c == nil {
		return nil
	}
	out := &jsonCreation{Task: c.Task, Stack: toFrames(c.Stack), By: toCreation(c.By)}
	if f := c.At; f != nil {
		out.Func, out.Module, out.File, out.Line, out.Origin = f.Func, f.Module, f.File, f.Line, f.Origin.String()
	}
	if c.User != nil {
		user := toFrame(c.User)
		out.User = &user
	}
	return out
}

func toReason(r Reason) jsonReason {
	out := jsonReason{Relation: r.Relation, Type: r.Type, Message: r.Message}
	if r.At != nil {
		at := toFrame(r.At)
		out.At = &at
	}
	return out
}

func toFailure(f *Failure) *jsonFailure {
	if f == nil {
		return nil
	}
	return &jsonFailure{f.Type, f.Message, f.Retrieved, f.Task, toEach(f.Chain, toReason)}
}

func toTask(s *Snapshot, t *Task, awaitedBy []Awaiter) jsonTask {
	out := jsonTask{
		ID: t.ID, Runtime: t.Runtime, NativeID: t.NativeID, Name: t.Name, Kind: t.Kind,
		System: t.System, Thread: t.Thread, State: t.State.String(),
		Frames: toFrames(t.Frames), Waits: toWaits(t, t.Waits),
		AwaitedBy: toEach(awaitedBy, toAwaiter), Spawned: s.Spawned(t),
		Holds: toEach(t.Holds, func(h Hold) jsonHold {
			return jsonHold{h.Resource.String(), toEvidence(h.Evidence)}
		}),
		Groups: toIDs(t.Groups), CreatedBy: toCreation(t.CreatedBy), Labels: t.Labels, Detail: t.Detail,
		Error: toFailure(t.Error), Result: t.Result, Problems: toEach(t.Problems, toProblem),
	}
	if c := t.Cancel; c != nil {
		if c.Requested > 0 || c.Pending {
			out.Cancel = &jsonCancel{c.Requested, c.Pending, c.Message}
		}
		out.Scopes = toEach(c.Scopes, func(s CancelScope) jsonScope {
			return jsonScope{toAddress(s.Address), s.Deadline.Milliseconds(), s.Shield, s.Cancelled, s.Reason}
		})
	}
	return out
}

func toGroup(g *Group) jsonGroup {
	out := jsonGroup{
		ID: g.ID.String(), Kind: g.Kind, Address: toAddress(g.Address), Owner: g.Owner, OwnedBy: toEvidence(g.OwnedBy),
		Members: g.Members, Detail: g.Detail, Error: toFailure(g.Error), Evidence: toEvidence(g.Evidence),
		Problems: toEach(g.Problems, toProblem),
	}
	if g.Outstanding >= 0 {
		out.Outstanding = &g.Outstanding
	}
	if o := g.OpenedAt; o != nil {
		out.OpenedAt = &jsonOpening{Task: o.Task, Frame: o.Frame, Evidence: toEvidence(o.Evidence)}
		if o.At != nil {
			out.OpenedAt.Func, out.OpenedAt.File, out.OpenedAt.Line = o.At.Func, o.At.File, o.At.Line
		}
	}
	return out
}

func toResource(s *Snapshot, r *Resource) jsonResource {
	return jsonResource{
		ID: r.ID.String(), Kind: r.Kind, Type: r.Type, Address: toAddress(r.Address), Detail: r.Detail,
		Waiters: toEach(s.Waiters(r), func(w Waiter) jsonWaiter { return jsonWaiter(w) }),
		Holders: toEach(r.Holders, toHolder), Reached: toEach(s.Reached(r), toHolder),
	}
}

func toHolder(h Holder) jsonHolder { return jsonHolder{h.Task, toEvidence(h.Evidence)} }

func toProblem(p *Problem) jsonProblem {
	return jsonProblem{
		Code: p.Code, Severity: p.Severity.String(), Message: p.Message, Tasks: p.Tasks, Queued: p.Queued,
		Resources: toIDs(p.Resources), Groups: toIDs(p.Groups), Evidence: toEvidence(p.Evidence),
		Fingerprint: p.Fingerprint, Help: "docs/problems.md#" + p.Code, Suppressed: p.Suppressed, Reason: p.Reason,
	}
}
