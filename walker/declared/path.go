package declared

import (
	"fmt"
	"strconv"
	"strings"
)

// step is one step of a path: a field, all elements, all keys, or the type that
// an interface or a pointer is taken for.
type step struct {
	field string
	all   bool   // [*]: the elements
	keys  bool   // [keys]: those of a map
	as    string // (type)
}

// path is a way from a value to others: a.b[*].(pkg/path.T).c. Pointers,
// interfaces and atomics on it are followed without being named.
type path []step

func (s step) String() string {
	switch {
	case s.all:
		return "[*]"
	case s.keys:
		return "[keys]"
	case s.as != "":
		return "(" + s.as + ")"
	}
	return s.field
}

// itself is the path that leads nowhere else.
const itself = "self"

func parsePath(text string) (path, error) {
	var p path
	rest := strings.TrimSpace(text)
	if rest == itself {
		return path{}, nil
	}
	if rest == "" {
		return nil, fmt.Errorf("a path is empty")
	}
	for first := true; rest != ""; first = false {
		if strings.HasPrefix(rest, "[") {
			s, after, ok := strings.Cut(rest[1:], "]")
			switch {
			case !ok:
				return nil, fmt.Errorf("a ] is missing in %q", text)
			case s == "*":
				p = append(p, step{all: true})
			case s == "keys":
				p = append(p, step{keys: true})
			default:
				return nil, fmt.Errorf("[%s] in %q is neither [*] nor [keys]", s, text)
			}
			rest = after
			continue
		}
		if !first {
			if !strings.HasPrefix(rest, ".") {
				return nil, fmt.Errorf("a dot is missing before %q in %q", rest, text)
			}
			rest = rest[1:]
		}
		if strings.HasPrefix(rest, "(") {
			name, after, ok := strings.Cut(rest[1:], ")")
			if name = strings.TrimPrefix(name, "*"); !ok || name == "" {
				return nil, fmt.Errorf("%q wants a type in parentheses", text)
			}
			p, rest = append(p, step{as: name}), after
			continue
		}
		n := strings.IndexAny(rest, ".[(")
		if n < 0 {
			n = len(rest)
		}
		if n == 0 || strings.ContainsAny(rest[:n], " \t])") {
			return nil, fmt.Errorf("%q has a field without a name", text)
		}
		p, rest = append(p, step{field: rest[:n]}), rest[n:]
	}
	return p, nil
}

// parseRoot splits a path from a global variable: example.com/fiber.sched.all[*].
func parseRoot(text string) (global string, p path, err error) {
	slash := strings.LastIndexByte(text, '/')
	pkg, rest, ok := strings.Cut(text[slash+1:], ".")
	if !ok || pkg == "" {
		return "", nil, fmt.Errorf("%q is no variable with its package in front", text)
	}
	n := strings.IndexAny(rest, ".[")
	if n < 0 {
		n = len(rest)
	}
	if n == 0 {
		return "", nil, fmt.Errorf("%q names no variable", text)
	}
	global = text[:slash+1] + pkg + "." + rest[:n]
	if after := strings.TrimPrefix(rest[n:], "."); after != "" {
		p, err = parsePath(after)
	}
	return global, p, err
}

// condition is a comparison of what a path leads to with a word.
type condition struct {
	path  path
	not   bool
	value string // a number, true, false, nil, or a string
}

// parseCondition understands comparisons with == and !=, joined by &&.
func parseCondition(text string) (all []condition, err error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, "&&") {
		c := condition{}
		left, right, ok := strings.Cut(part, "==")
		if !ok {
			left, right, ok = strings.Cut(part, "!=")
			c.not = true
		}
		if !ok {
			return nil, fmt.Errorf("%q is no comparison with == or !=", strings.TrimSpace(part))
		}
		if c.path, err = parsePath(left); err != nil {
			return nil, err
		}
		c.value = strings.TrimSpace(right)
		if s, err := strconv.Unquote(c.value); err == nil {
			c.value = s
		}
		if c.value == "" && strings.TrimSpace(right) == "" {
			return nil, fmt.Errorf("%q compares with nothing", strings.TrimSpace(part))
		}
		all = append(all, c)
	}
	return all, nil
}
