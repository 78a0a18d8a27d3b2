package config

import "github.com/pelletier/go-toml/v2/unstable"

// tables returns the line that each [[name]] of a file begins in.
func tables(text []byte, name string) []int {
	var lines []int
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind != unstable.ArrayTable {
			continue
		}
		key := e.Key()
		if key.Next() && string(key.Node().Data) == name && key.IsLast() {
			lines = append(lines, p.Shape(key.Node().Raw).Start.Line)
		}
	}
	return lines
}
