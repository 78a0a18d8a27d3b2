package declared

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// located puts where an error of the TOML is in front of it.
func located(name string, err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		e := &unknown.Errors[0]
		line, column := e.Position()
		key := e.Key()
		return fmt.Errorf("%s:%d:%d: %q is nothing that is known here", name, line, column, key[len(key)-1])
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		line, column := wrong.Position()
		return fmt.Errorf("%s:%d:%d: %s", name, line, column, bytes.TrimPrefix([]byte(wrong.Error()), []byte("toml: ")))
	}
	return fmt.Errorf("%s: %w", name, err)
}

// position is where a key stands in the text of the i-th declaration: the key
// itself, else the head of its table, else the beginning.
func position(text []byte, i int, f fault) (line, column int) {
	line, column = 1, 1
	key, _, _ := strings.Cut(f.key, ".")
	declare, inner, within := -1, map[string]int{}, ""
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		e := p.Expression()
		names, at := keyOf(&p, e)
		if len(names) == 0 {
			continue
		}
		switch e.Kind {
		case unstable.ArrayTable, unstable.Table:
			within = strings.Join(names, ".")
			if within == "declare" {
				declare++
				inner = map[string]int{}
			} else {
				inner[within]++
			}
		case unstable.KeyValue:
			if here(within, f.table) && names[0] == key && declare == i && (f.table == "" || inner["declare."+f.table] == f.index+1) {
				return at.Line, at.Column
			}
			continue
		default:
			continue
		}
		if declare != i {
			continue
		}
		switch {
		case within == "declare" && f.table == "",
			within == "declare."+f.table && inner[within] == f.index+1:
			line, column = at.Line, at.Column
		case within == "declare."+f.table+"."+key && inner["declare."+f.table] == f.index+1:
			return at.Line, at.Column
		}
	}
	return line, column
}

// here tells whether a table's keys are those of a fault's table.
func here(within, table string) bool {
	if table == "" {
		return within == "declare"
	}
	return within == "declare."+table
}

// keyOf is the key of an expression, and where it begins.
func keyOf(p *unstable.Parser, e *unstable.Node) (names []string, at unstable.Position) {
	if e.Kind != unstable.ArrayTable && e.Kind != unstable.Table && e.Kind != unstable.KeyValue {
		return nil, at
	}
	for key := e.Key(); key.Next(); {
		if len(names) == 0 {
			at = p.Shape(key.Node().Raw).Start
		}
		names = append(names, string(key.Node().Data))
	}
	return names, at
}
