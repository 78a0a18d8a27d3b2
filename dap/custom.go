package dap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

var errRuns = errors.New("the program is running; pause it first")

// requests are what a client may ask beyond the protocol: docs/dap.md.
var requests = map[string]func(p *panel, s *graph.Snapshot, a customArguments) (any, error){
	"dlvAsync/snapshot": func(_ *panel, s *graph.Snapshot, _ customArguments) (any, error) {
		return written(func(b *bytes.Buffer) error { return render.JSON(b, s, render.Options{}) })
	},
	"dlvAsync/where": func(_ *panel, s *graph.Snapshot, a customArguments) (any, error) {
		id, err := a.one(s)
		if err != nil {
			return nil, err
		}
		return written(func(b *bytes.Buffer) error { return graph.WriteWhereJSON(b, s, id, min(max(a.Limit, 1), mostPaths)) })
	},
	"dlvAsync/why": func(_ *panel, s *graph.Snapshot, a customArguments) (any, error) {
		if a.Task == "" && a.Thread == 0 { // the whole process
			return written(func(b *bytes.Buffer) error { return graph.WriteCausesJSON(b, s, a.System, a.Limit) })
		}
		id, err := a.one(s)
		if err != nil {
			return nil, err
		}
		return written(func(b *bytes.Buffer) error { return graph.WriteWhyJSON(b, s, id, a.Limit) })
	},
	"dlvAsync/tree": func(p *panel, s *graph.Snapshot, a customArguments) (any, error) {
		nodes, total := p.tree(s, a.System).Nodes(a.Filter, a.Below, a.Limit)
		return struct {
			Nodes []treeNode `json:"nodes"`
			Total int        `json:"total"`
		}{p.treeNodes(nodes), total}, nil
	},
	"dlvAsync/graph": func(_ *panel, s *graph.Snapshot, a customArguments) (any, error) {
		formats := map[string]func(io.Writer, *graph.Snapshot, render.Options) error{
			"": render.HTML, "html": render.HTML, "svg": render.SVG, "dot": render.DOT, "mermaid": render.Mermaid,
		}
		format := formats[a.Format]
		if format == nil {
			return nil, fmt.Errorf("%q is no format of a graph; html, svg, dot and mermaid are", a.Format)
		}
		var b strings.Builder
		err := format(&b, s, render.Options{System: a.System})
		return map[string]string{"text": b.String()}, err
	},
	"dlvAsync/problems": func(p *panel, s *graph.Snapshot, _ customArguments) (any, error) {
		return struct {
			Problems []problemNode `json:"problems"`
		}{p.problemNodes(s)}, nil
	},
}

// mostPaths bounds the logical backtraces of one task.
const mostPaths = 1000

// customArguments are those of all the requests.
type customArguments struct {
	Task   string `json:"task"`   // as a user names a task
	Thread int    `json:"thread"` // or by its thread
	Limit  int    `json:"limit"`
	System bool   `json:"system"`
	Filter string `json:"filter"`
	Below  string `json:"below"` // the id of a node
	Format string `json:"format"`
}

// one is the task that a request is about.
func (a customArguments) one(s *graph.Snapshot) (graph.TaskID, error) {
	switch found := s.Find(a.Task); len(found) {
	case 0:
		return "", fmt.Errorf("there is no task %q", a.Task)
	case 1:
		return found[0].ID, nil
	default:
		return "", fmt.Errorf("%q means %d tasks; name one of them by its id", a.Task, len(found))
	}
}

func written(write func(*bytes.Buffer) error) (any, error) {
	var b bytes.Buffer
	err := write(&b)
	return json.RawMessage(b.Bytes()), err
}

// custom answers a request of ours; false: it is none.
func (p *panel) custom(m *wire.Message) bool {
	if !strings.HasPrefix(m.Command, "dlvAsync/") {
		return false
	}
	handle := requests[m.Command]
	var a customArguments
	st := p.current()
	switch err := unmarshal(m.Arguments, &a); {
	case handle == nil:
		p.a.out.fail(m, errUnsupported, "Unsupported command", fmt.Sprintf("cannot process %q request", m.Command), false)
		return true
	case err != nil:
		p.cannot(m, err)
		return true
	case st == nil:
		p.cannot(m, errRuns)
		return true
	}
	p.answerFrom(m, st, func(s *graph.Snapshot) (any, error) {
		if a.Thread != 0 && a.Task == "" {
			a.Task = string(p.numbers.task(a.Thread))
		}
		return handle(p, s, a)
	})
	return true
}

// unmarshal decodes arguments, which a request may leave out.
func unmarshal(arguments json.RawMessage, into any) error {
	if len(arguments) == 0 {
		return nil
	}
	return json.Unmarshal(arguments, into)
}
