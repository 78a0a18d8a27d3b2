package dap

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// asyncBreakpoint is what a breakpoint asks that Delve cannot tell: whether
// the goroutine is under a logical ancestor, or how its logical stack goes.
// Delve stops at it; whether that is shown is decided here.
type asyncBreakpoint struct {
	under []underTest
	log   []string // parts of a message: text, expression, text, ...; nil: it is no logpoint
}

// underTest is async.under("main.checkout"), or the same with a ! before it.
type underTest struct {
	function string
	not      bool
}

var (
	underCall  = regexp.MustCompile(`^(!?)\s*async\.under\(\s*(?:"([^"]+)"|` + "`([^`]+)`" + `)\s*\)$`)
	asyncInLog = regexp.MustCompile(`\{\s*async\.(where|task)\s*\}`)
)

// asyncTerms takes the async terms from a condition: a chain of terms with &&
// between them, some of which are async.under("f"). What is left is Delve's.
func asyncTerms(condition string) (tests []underTest, rest string, err error) {
	if !strings.Contains(condition, "async.") {
		return nil, condition, nil
	}
	var others []string
	for _, term := range splitAnd(condition) {
		m := underCall.FindStringSubmatch(strings.TrimSpace(term))
		switch {
		case m != nil:
			tests = append(tests, underTest{function: m[2] + m[3], not: m[1] == "!"})
		case strings.Contains(term, "async."):
			return nil, "", fmt.Errorf(`%q is not understood: terms with async are async.under("function") or !async.under("function"), with && between terms`, strings.TrimSpace(term))
		default:
			others = append(others, term)
		}
	}
	return tests, strings.Join(others, "&&"), nil
}

// splitAnd splits an expression at those && that are in no parentheses or quotes.
func splitAnd(s string) []string {
	var terms []string
	depth, begin := 0, 0
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' && quote != '`' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == '&' && depth == 0 && strings.HasPrefix(s[i:], "&&"):
			terms = append(terms, s[begin:i])
			i++
			begin = i + 1
		}
	}
	return append(terms, s[begin:])
}

// logParts takes a log message apart at its expressions in braces.
func logParts(message string) ([]string, error) {
	var parts []string
	for {
		text, rest, found := strings.Cut(message, "{")
		parts = append(parts, text)
		if !found {
			return parts, nil
		}
		end, depth := -1, 1
		for i, c := range rest {
			if c == '{' {
				depth++
			} else if c == '}' {
				if depth--; depth == 0 {
					end = i
					break
				}
			}
		}
		if end < 0 {
			return nil, errors.New("invalid log point format")
		}
		parts = append(parts, strings.TrimSpace(rest[:end]))
		message = rest[end+1:]
	}
}

// mostWays bounds the logical stacks of one goroutine that are searched.
const mostWays = 64

// holds tells whether a goroutine is where the tests want it.
func (b *asyncBreakpoint) holds(s *graph.Snapshot, id graph.TaskID) bool {
	paths, _ := s.Backtrace(id, mostWays)
	for _, test := range b.under {
		under := slices.ContainsFunc(paths, func(path graph.Path) bool {
			return slices.ContainsFunc(path, func(seg graph.Segment) bool {
				return slices.ContainsFunc(seg.Frames, func(f *graph.Frame) bool { return test.names(f.Func) })
			})
		})
		if under == test.not {
			return false
		}
	}
	return true
}

// names tells whether a function is the one that is meant, with its whole
// package path or the last element of it.
func (u underTest) names(function string) bool {
	return function == u.function || strings.HasSuffix(function, "/"+u.function)
}

// whereLine is a goroutine's logical stack on one line.
func whereLine(s *graph.Snapshot, id graph.TaskID) string {
	phrases := render.NewPhrases(s)
	var names []string
	for _, f := range append(view.Own(s, id), view.Beyond(s, id)...) {
		switch {
		case f.Frame == nil:
			names = append(names, "["+strings.Trim(f.Label, "─ ")+"]")
		case !f.Frame.Hidden:
			names = append(names, phrases.Function(f.Frame)+" "+phrases.At(f.Frame))
		}
	}
	return strings.Join(names, " ← ")
}
