package dap

import (
	"encoding/json"
	"fmt"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// asyncScope is the scope "Async" of a frame: what is known of its task. It
// waits for the snapshot only when it is opened.
func (p *panel) asyncScope(st *stop, id graph.TaskID) dap.Scope {
	reference := p.refer(func() []view.Variable {
		s, err := st.snapshot()
		if err != nil {
			return []view.Variable{{Name: "not known", Value: err.Error()}}
		}
		return view.Async(s, id)
	})
	return dap.Scope{Name: "Async", VariablesReference: reference}
}

// refer gives something that can be opened a reference.
func (p *panel) refer(children func() []view.Variable) int {
	if children == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.variables = append(p.variables, shownVariables{children: children})
	return firstID + len(p.variables) - 1
}

// open answers a variables request for something of the panel's; false: it is
// not the panel's.
func (p *panel) open(m *wire.Message) bool {
	var a dap.VariablesArguments
	if json.Unmarshal(m.Arguments, &a) != nil || a.VariablesReference < firstID {
		return false
	}
	p.answer(m, func() {
		list, err := p.children(a.VariablesReference - firstID)
		if err != nil {
			p.a.out.fail(m, errVariable, "Unable to lookup variable", err.Error(), false)
			return
		}
		if a.Filter == "named" && len(list) > 0 && list[0].Name == "[0]" {
			list = nil
		}
		if start := min(max(a.Start, 0), len(list)); a.Count > 0 || start > 0 {
			list = list[start:]
			if a.Count > 0 && a.Count < len(list) {
				list = list[:a.Count]
			}
		}
		variables := make([]variable, len(list))
		for i, v := range list {
			variables[i] = p.variable(v)
		}
		p.a.out.respond(m, map[string]any{"variables": variables})
	})
	return true
}

// variable is one of the protocol's, with what go-dap does not know yet.
type variable struct {
	dap.Variable
	ValueLocationReference int `json:"valueLocationReference,omitempty"`
}

func (p *panel) variable(v view.Variable) variable {
	out := variable{Variable: dap.Variable{
		Name: v.Name, Value: v.Value, Type: v.Type,
		VariablesReference: p.refer(v.Children), IndexedVariables: v.Count,
	}}
	if v.Address != 0 {
		out.MemoryReference = fmt.Sprintf("%#x", v.Address)
	}
	if v.Place != nil && v.Place.File != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.places = append(p.places, v.Place)
		out.ValueLocationReference = firstID + len(p.places) - 1
	}
	return out
}

// locate answers a locations request: where a variable's value leads.
func (p *panel) locate(m *wire.Message) {
	var a struct {
		LocationReference int `json:"locationReference"`
	}
	err := unmarshal(m.Arguments, &a)
	p.mu.Lock()
	i := a.LocationReference - firstID
	if err != nil || i < 0 || i >= len(p.places) {
		p.mu.Unlock()
		p.a.out.fail(m, errVariable, "Unable to find the place", "it was of a stop that is over", false)
		return
	}
	f := p.places[i]
	p.mu.Unlock()
	p.a.out.respond(m, map[string]any{"source": p.source(f), "line": max(f.Line, 1)})
}

// children are the lines below something that was referred to in this stop.
func (p *panel) children(i int) ([]view.Variable, error) {
	p.mu.Lock()
	if i >= len(p.variables) {
		p.mu.Unlock()
		return nil, fmt.Errorf("it was of a stop that is over")
	}
	v := p.variables[i]
	p.mu.Unlock()
	if v.all != nil {
		return v.all, nil
	}
	all := v.children()
	p.mu.Lock()
	defer p.mu.Unlock()
	if i < len(p.variables) {
		p.variables[i].all = all
	}
	return all, nil
}
