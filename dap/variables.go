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
		variables := make([]dap.Variable, len(list))
		for i, v := range list {
			variables[i] = dap.Variable{
				Name: v.Name, Value: v.Value, Type: v.Type,
				VariablesReference: p.refer(v.Children), IndexedVariables: v.Count,
			}
			if v.Address != 0 {
				variables[i].MemoryReference = fmt.Sprintf("%#x", v.Address)
			}
		}
		p.a.out.respond(m, dap.VariablesResponseBody{Variables: variables})
	})
	return true
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
