package dap

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// asyncCommand is what a user types in the console: async, async tree, ...
var asyncCommand = regexp.MustCompile(`(?s)^\s*async(\s.*|)$`)

// console answers an evaluate request that is a command of the panel's;
// false: it is none. An expression may begin with a variable named async:
// only in the console that is a command.
func (p *panel) console(m *wire.Message) bool {
	var a dap.EvaluateArguments
	if json.Unmarshal(m.Arguments, &a) != nil || a.Context != "repl" && a.Context != "" {
		return false
	}
	command := asyncCommand.FindStringSubmatch(a.Expression)
	if command == nil {
		return false
	}
	line := command[1]
	if words := strings.Fields(line); len(words) > 0 && words[0] == "config" {
		p.config(m, words[1:])
		return true
	}
	st := p.current()
	if st == nil {
		p.cannot(m, errRuns)
		return true
	}
	p.answerFrom(m, st, func(s *graph.Snapshot) (any, error) {
		text, err := p.a.options.Console(s, line)
		return dap.EvaluateResponseBody{Result: strings.TrimRight(text, "\n")}, err
	})
	return true
}

// config answers `async config`, and has the client look anew at what that
// may have changed.
func (p *panel) config(m *wire.Message, words []string) {
	text, err := p.settings.config(words)
	if err != nil {
		p.cannot(m, err)
		return
	}
	p.a.out.respond(m, dap.EvaluateResponseBody{Result: text})
	if len(words) > 0 {
		p.a.out.event("invalidated", dap.InvalidatedEventBody{Areas: []dap.InvalidatedAreas{"threads", "stacks"}})
	}
}

func (p *panel) cannot(m *wire.Message, err error) {
	p.a.out.fail(m, errAsync, "Unable to look at the tasks", err.Error(), false)
}
