package graph

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Redacted stands where the value of a string, bytes or a buffer would.
const Redacted = "[redacted]"

// Redact takes the values of the target's strings out of a snapshot that
// nobody else has seen yet: of labels, of names that people gave, of errors
// and panics, of what a resource's state says beyond the runtime's own words.
// What stays is code (functions, files, types), ids, addresses, numbers,
// network addresses, and the keys of labels. Local variables lose every value
// that is not a number or the like, unless their walker has redacted them
// already, and part by part: see walker.Options.
//
// Messages of problems, and the texts of waits, are for the walkers to redact.
func (s *Snapshot) Redact() {
	s = s.all()
	if d := s.Process.Death; d != nil {
		if d.Kind != "fatal" { // whose texts are the runtime's own
			d.Message = redacted(d.Message)
		}
		redactAll(d.Chain)
	}
	seen := map[*Frame]bool{} // frames are shared
	for _, t := range s.Tasks {
		if !slices.ContainsFunc(t.Frames, func(f *Frame) bool { return f.Func == t.Name }) {
			t.Name = ""
		}
		labels := make(map[string]string, len(t.Labels))
		for key, value := range t.Labels {
			labels[key] = redacted(value)
		}
		if t.Labels != nil {
			t.Labels = labels
		}
		t.Detail = redactedDetail(t.Detail)
		t.Error.redact()
		if t.Cancel != nil {
			t.Cancel.redact()
		}
		for _, f := range t.Frames {
			if !seen[f] {
				seen[f] = true
				f.redactLocals()
			}
		}
	}
	for _, g := range s.Groups {
		g.Error.redact()
		g.Detail = redactedDetail(g.Detail)
	}
	for _, r := range s.Resources {
		r.Detail = redactedDetail(r.Detail)
	}
}

// redactedDetail is a copy where something has to go: lists are shared.
func redactedDetail(detail []Attr) []Attr {
	copied := false
	for i, a := range detail {
		if text, ok := a.Value.(string); ok && !ownWord(a.Key, text) {
			if !copied {
				detail, copied = slices.Clone(detail), true
			}
			detail[i].Value = Redacted
		}
	}
	return detail
}

func redacted(s string) string {
	if s == "" {
		return ""
	}
	return Redacted
}

func redactAll(texts []string) {
	for i := range texts {
		texts[i] = redacted(texts[i])
	}
}

func (f *Failure) redact() {
	if f != nil {
		f.Message = redacted(f.Message)
		for i := range f.Chain {
			f.Chain[i].Message = redacted(f.Chain[i].Message)
		}
	}
}

func (c *Cancellation) redact() {
	c.Message = redacted(c.Message)
	c.Scopes = slices.Clone(c.Scopes) // those of tasks in one nursery are one list
	for i := range c.Scopes {
		c.Scopes[i].Reason = redacted(c.Scopes[i].Reason)
	}
}

func (f *Frame) redactLocals() {
	for i := range f.Locals {
		l := &f.Locals[i]
		if !plainValue(l.Value) && !strings.Contains(l.Value, Redacted) {
			l.Value = redacted(l.Value)
		}
	}
}

// plainValue reports that the text of a value is a number, an address, a truth
// or nothing.
func plainValue(text string) bool {
	switch text {
	case "nil", "None", "true", "false", "True", "False":
		return true
	}
	if _, err := strconv.ParseInt(text, 0, 64); err == nil {
		return true
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// ownWord reports that a text in a resource's state is the runtime's own, or
// a network address.
func ownWord(key, text string) bool {
	switch key {
	case "kind", "state", "direction", "missing", "parents", "cancel_held_by", "runs", "started_by", DetailServes, "connection", "bufio.Reader", "bufio.Writer", "ended_by", "deferred":
		return true
	}
	switch text { // the errors of a context
	case "context canceled", "context deadline exceeded":
		return true
	}
	_, err := netip.ParseAddrPort(text)
	return err == nil
}
