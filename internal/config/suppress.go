package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Suppression is a finding that is known, and not to be told again: the one
// with that fingerprint, or those of that code whose tasks all have a function
// on their stacks that fits.
type Suppression struct {
	Fingerprint string          `toml:"fingerprint"`
	Code        string          `toml:"code"`
	Function    Pattern         `toml:"function"`
	Reason      string          `toml:"reason"`
	Expires     *toml.LocalDate `toml:"expires"` // the last day that it holds on; nil: for ever

	line int // in the file
}

// Pattern fits functions: a glob whose * stands for any text, or a regular
// expression between slashes.
type Pattern struct {
	text string
	re   *regexp.Regexp
}

// UnmarshalText takes a pattern as a file has it.
func (p *Pattern) UnmarshalText(text []byte) (err error) {
	p.text = string(text)
	source, isRegexp := strings.CutPrefix(p.text, "/")
	if isRegexp && len(source) > 0 && strings.HasSuffix(source, "/") {
		p.re, err = regexp.Compile(strings.TrimSuffix(source, "/"))
		return err
	}
	p.re, err = regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(p.text), `\*`, ".*") + "$")
	return err
}

// check says what is wrong with a rule.
func (s *Suppression) check(codes []string) error {
	byFunction := s.Code != "" || s.Function.text != ""
	switch {
	case strings.TrimSpace(s.Reason) == "":
		return errors.New("gives no reason")
	case s.Fingerprint != "" && byFunction:
		return errors.New("has both a fingerprint and a code or function: one of the two says which findings are meant")
	case s.Fingerprint != "":
		return nil
	case s.Code == "" || s.Function.text == "":
		return errors.New("needs a fingerprint, or a code and a function")
	case !slices.Contains(codes, s.Code):
		return fmt.Errorf("names the code %q, which no problem has; they are %s", s.Code, strings.Join(codes, ", "))
	}
	return nil
}

// Apply marks the problems that the file says are known as suppressed, each
// with the reason. It returns a line for each rule that would have suppressed
// something, had it not expired by now.
func (c *Config) Apply(s *graph.Snapshot, now time.Time) (expired []string) {
	if c == nil || len(c.Suppress) == 0 {
		return nil
	}
	over := map[int]bool{}
	fits := newFitter(s)
	s.Suppress(func(p *graph.Problem) (reason string, ok bool) {
		for i := range c.Suppress {
			rule := &c.Suppress[i]
			switch {
			case !fits.rule(rule, p):
			case rule.expired(now):
				over[i] = true
			default:
				return rule.Reason, true
			}
		}
		return "", false
	})
	for i := range c.Suppress {
		if over[i] {
			expired = append(expired, fmt.Sprintf("%s:%d: this suppression expired on %s", c.Path, c.Suppress[i].line, c.Suppress[i].Expires))
		}
	}
	return expired
}

func (s *Suppression) expired(now time.Time) bool {
	return s.Expires != nil && !now.Before(s.Expires.AsTime(now.Location()).AddDate(0, 0, 1))
}

// fitter tells which rules fit a snapshot's problems. A function is matched
// once, however many tasks stand in it.
type fitter struct {
	s     *graph.Snapshot
	frame map[frameRule]bool
}

type frameRule struct {
	frame *graph.Frame
	rule  *Suppression
}

func newFitter(s *graph.Snapshot) *fitter { return &fitter{s, map[frameRule]bool{}} }

func (f *fitter) rule(rule *Suppression, p *graph.Problem) bool {
	if rule.Fingerprint != "" {
		return rule.Fingerprint == p.Fingerprint
	}
	if rule.Code != p.Code {
		return false
	}
	if rule.Function.text == "*" {
		return true
	}
	for _, id := range p.Tasks {
		t := f.s.Task(id)
		if t == nil || !slices.ContainsFunc(t.Frames, func(fr *graph.Frame) bool { return f.fits(fr, rule) }) {
			return false
		}
	}
	return len(p.Tasks) > 0
}

func (f *fitter) fits(frame *graph.Frame, rule *Suppression) bool {
	key := frameRule{frame, rule}
	fits, known := f.frame[key]
	if !known {
		fits = rule.Function.re.MatchString(frame.Func)
		f.frame[key] = fits
	}
	return fits
}
