package graph

import (
	"strconv"
	"strings"
	"time"
)

// fromJSON turns the JSON shapes into the model. A file repeats the same frames
// and names for each task that has them; here they are shared again. Numbers
// that count something are never negative.
type fromJSON struct {
	texts  map[string]string
	frames map[frameKey]*Frame
}

// frameKey is a frame without locals, for comparing.
type frameKey struct {
	Func, Module, File string
	Line               int
	PC                 uint64
	Origin             Origin
	Kind               FrameKind
	Hidden             bool
}

func newFromJSON() *fromJSON {
	return &fromJSON{texts: map[string]string{}, frames: map[frameKey]*Frame{}}
}

// text returns the one copy of a string that many items may have.
func (c *fromJSON) text(s string) string {
	if have, ok := c.texts[s]; ok {
		return have
	}
	c.texts[s] = s
	return s
}

func (c *fromJSON) process(p jsonProcess) Process {
	out := Process{Source: p.Source, PID: max(p.PID, 0), Exe: p.Exe, Arch: p.Arch, Stopped: millis(p.StoppedMS)}
	if t, err := time.Parse(time.RFC3339Nano, p.CapturedAt); err == nil {
		out.CapturedAt = t
	}
	if d := p.Death; d != nil {
		out.Death = &Death{d.Kind, d.Signal, d.Message, d.Task, d.Chain}
	}
	return out
}

func (c *fromJSON) runtime(j *jsonRuntime) *Runtime {
	return &Runtime{
		ID: j.ID, Name: j.Name, Version: j.Version, Layout: j.Layout,
		Tasks: max(j.Tasks, 0), Complete: j.Complete, Stats: c.attrs(j.Stats), Notes: j.Notes, LookedFor: j.LookedFor,
	}
}

func (c *fromJSON) attrs(d jsonDetail) []Attr {
	return toEach(d, func(a Attr) Attr { return Attr{c.text(a.Key), a.Value} })
}

// millis returns n milliseconds, none for what no time.Duration holds.
func millis(n int64) time.Duration {
	if d := time.Duration(n) * time.Millisecond; n > 0 && d.Milliseconds() == n {
		return d
	}
	return 0
}

func (c *fromJSON) evidence(e *jsonEvidence) Evidence {
	if e == nil {
		return Evidence{}
	}
	confidence, _ := parse[Confidence](confidenceNames, e.Confidence)
	return Evidence{confidence, c.text(e.How)}
}

func fromAddress(s string) uint64 {
	hex, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return 0
	}
	addr, err := strconv.ParseUint(hex, 16, 64)
	if err != nil {
		return 0
	}
	return addr
}

func (c *fromJSON) frame(f jsonFrame) *Frame {
	origin, _ := ParseOrigin(f.Origin)
	kind, _ := parse[FrameKind](frameKindNames, f.Kind)
	key := frameKey{c.text(f.Func), c.text(f.Module), c.text(f.File), max(f.Line, 0), fromAddress(f.PC), origin, kind, f.Hidden}
	if have := c.frames[key]; have != nil && len(f.Locals) == 0 {
		return have
	}
	out := &Frame{
		Func: key.Func, Module: key.Module, File: key.File, Line: key.Line, PC: key.PC,
		Origin: key.Origin, Kind: key.Kind, Hidden: key.Hidden,
	}
	if len(f.Locals) == 0 {
		c.frames[key] = out
	}
	for _, l := range f.Locals {
		out.Locals = append(out.Locals, Local(l))
	}
	return out
}

func (c *fromJSON) framesOf(frames []jsonFrame) []*Frame { return toEach(frames, c.frame) }

func (c *fromJSON) waits(waits []jsonWait) []Wait {
	return toEach(waits, func(w jsonWait) Wait {
		out := Wait{
			Kind: WaitKind(c.text(string(w.Kind))), Text: c.text(w.Text), Phase: c.text(w.Phase), Task: w.Task, Amount: max(w.Amount, 0),
			Since: millis(w.SinceMS), Deadline: millis(w.Deadline) - millis(-w.Deadline), Branches: c.waits(w.Branches), Evidence: c.evidence(w.Evidence),
		}
		out.Resource, _ = parseResourceID(w.Resource)
		out.Group, _ = ParseGroupID(w.Group)
		if w.Frame != nil {
			out.Frame = *w.Frame
		}
		return out
	})
}

func (c *fromJSON) creation(j *jsonCreation) *Creation {
	if j == nil {
		return nil
	}
	out := &Creation{Task: j.Task, Stack: c.framesOf(j.Stack), By: c.creation(j.By)}
	if j.Func != "" || j.File != "" || j.Line != 0 || j.Module != "" {
		out.At = c.frame(jsonFrame{Func: j.Func, Module: j.Module, File: j.File, Line: j.Line, Origin: j.Origin, Kind: "call"})
	}
	if j.User != nil {
		out.User = c.frame(*j.User)
	}
	return out
}

func (c *fromJSON) failure(j *jsonFailure) *Failure {
	if j == nil {
		return nil
	}
	return &Failure{c.text(j.Type), j.Message, j.Retrieved, j.Task, toEach(j.Chain, c.reason)}
}

func (c *fromJSON) reason(j jsonReason) Reason {
	r := Reason{Relation: ReasonRelation(c.text(string(j.Relation))), Type: c.text(j.Type), Message: j.Message}
	if j.At != nil {
		r.At = c.frame(*j.At)
	}
	return r
}

func (c *fromJSON) task(j *jsonTask) *Task {
	state, _ := ParseState(j.State)
	t := &Task{
		ID: j.ID, Runtime: c.text(j.Runtime), NativeID: j.NativeID, Name: c.text(j.Name), Kind: c.text(j.Kind),
		State: state, System: j.System, Thread: max(j.Thread, 0),
		Frames: c.framesOf(j.Frames), Waits: c.waits(j.Waits), CreatedBy: c.creation(j.CreatedBy),
		Labels: j.Labels, Detail: c.attrs(j.Detail), Error: c.failure(j.Error), Result: c.text(j.Result), Problems: toEach(j.Problems, c.problem),
	}
	for _, g := range j.Groups {
		if id, ok := ParseGroupID(g); ok {
			t.Groups = append(t.Groups, id)
		}
	}
	for _, h := range j.Holds {
		if id, ok := parseResourceID(h.Resource); ok {
			t.Holds = append(t.Holds, Hold{id, c.evidence(h.Evidence)})
		}
	}
	t.Cancel = cancellation(j)
	return t
}

func cancellation(j *jsonTask) *Cancellation {
	if j.Cancel == nil && len(j.Scopes) == 0 {
		return nil
	}
	c := &Cancellation{}
	if j.Cancel != nil {
		c.Requested, c.Pending, c.Message = max(j.Cancel.Requested, 0), j.Cancel.Pending, j.Cancel.Message
	}
	for _, s := range j.Scopes {
		c.Scopes = append(c.Scopes, CancelScope{
			Address: fromAddress(s.Address), Deadline: millis(s.Deadline) - millis(-s.Deadline),
			Shield: s.Shield, Cancelled: s.Cancelled, Reason: s.Reason,
		})
	}
	return c
}

func (c *fromJSON) awaiter(j jsonAwaiter) Awaiter {
	relation, ok := parse[Relation](relationNames, j.Relation)
	if !ok {
		relation = RelationAwait
	}
	a := Awaiter{Task: j.Task, Relation: relation, Evidence: c.evidence(j.Evidence)}
	a.Group, _ = ParseGroupID(j.Via)
	a.Resource, _ = parseResourceID(j.Via)
	return a
}

func (c *fromJSON) group(j *jsonGroup, g *Group) {
	g.Kind, g.Address, g.Owner = c.text(j.Kind), fromAddress(j.Address), j.Owner
	g.OwnedBy = c.evidence(j.OwnedBy)
	g.Members, g.Error, g.Evidence = j.Members, c.failure(j.Error), c.evidence(j.Evidence)
	g.Problems, g.Detail = toEach(j.Problems, c.problem), c.attrs(j.Detail)
	if j.Outstanding != nil {
		g.Outstanding = *j.Outstanding
	}
	if o := j.OpenedAt; o != nil {
		g.OpenedAt = &Opening{Task: o.Task, Frame: o.Frame, Evidence: c.evidence(o.Evidence)}
		if o.Func != "" || o.File != "" || o.Line != 0 {
			g.OpenedAt.At = c.frame(jsonFrame{Func: o.Func, File: o.File, Line: o.Line, Kind: "call"})
		}
	}
}

func (c *fromJSON) resource(j *jsonResource, r *Resource) {
	r.Kind, r.Type, r.Address = c.text(j.Kind), c.text(j.Type), fromAddress(j.Address)
	r.Detail = c.attrs(j.Detail)
	for _, h := range j.Holders {
		r.Holders = append(r.Holders, Holder{h.Task, c.evidence(h.Evidence)})
	}
}

func (c *fromJSON) problem(j jsonProblem) *Problem {
	severity, ok := parse[Severity](severityNames, j.Severity)
	if !ok {
		severity = Warning
	}
	p := &Problem{
		Code: j.Code, Severity: severity, Message: j.Message, Tasks: j.Tasks, Queued: j.Queued,
		Evidence: c.evidence(j.Evidence), Fingerprint: j.Fingerprint, Suppressed: j.Suppressed, Reason: j.Reason,
	}
	for _, r := range j.Resources {
		if id, ok := parseResourceID(r); ok {
			p.Resources = append(p.Resources, id)
		}
	}
	for _, g := range j.Groups {
		if id, ok := ParseGroupID(g); ok {
			p.Groups = append(p.Groups, id)
		}
	}
	return p
}
