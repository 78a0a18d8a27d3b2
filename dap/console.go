package dap

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/wire"
)

// asyncCommand is what a user types in the console: async, async tree, ...
var asyncCommand = regexp.MustCompile(`^\s*async(\s|$)`)

// console answers an evaluate request that is a command of the panel's;
// false: it is none. An expression may begin with a variable named async:
// only in the console that is a command.
func (p *panel) console(m *wire.Message) bool {
	var a dap.EvaluateArguments
	if json.Unmarshal(m.Arguments, &a) != nil || a.Context != "repl" && a.Context != "" || !asyncCommand.MatchString(a.Expression) {
		return false
	}
	words, err := splitWords(a.Expression)
	if err != nil {
		p.cannot(m, err)
		return true
	}
	words = words[1:]
	if len(words) > 0 && words[0] == "config" {
		text, err := p.settings.config(words[1:])
		if err != nil {
			p.cannot(m, err)
			return true
		}
		p.a.out.respond(m, dap.EvaluateResponseBody{Result: text})
		if len(words) > 1 {
			p.a.out.event("invalidated", dap.InvalidatedEventBody{Areas: []dap.InvalidatedAreas{"threads", "stacks"}})
		}
		return true
	}
	st := p.current()
	if st == nil {
		p.cannot(m, errRuns)
		return true
	}
	p.answer(m, func() {
		s, err := st.snapshot()
		if err != nil {
			p.cannot(m, err)
			return
		}
		text, err := p.a.options.Console(s, words)
		if err != nil {
			p.cannot(m, err)
			return
		}
		p.a.out.respond(m, dap.EvaluateResponseBody{Result: strings.TrimRight(text, "\n")})
	})
	return true
}

func (p *panel) cannot(m *wire.Message, err error) {
	p.a.out.fail(m, errAsync, "Unable to look at the tasks", err.Error(), false)
}

// splitWords splits a line at spaces; '...' and "..." keep them.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			if begun {
				words = append(words, word.String())
				word.Reset()
			}
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a %c has no end", quote)
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}
