package render

import (
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// function is a frame's function as it is shown: its package's last element
// is enough to know the user's own code and its libraries by, the standard
// library keeps its path, type arguments are left out. Names whose packages are
// parted by dots, as Python's (orders.api.Server.handle), stay whole.
func (v *view) function(f *graph.Frame) string {
	if f.Func == "" {
		if f.PC != 0 {
			return "function not known at " + address(f.PC)
		}
		return "function not known"
	}
	if v.o.Full {
		return f.Func
	}
	name := strings.ReplaceAll(withoutTypeArguments(f.Func), "%2e", ".")
	if f.Origin == graph.OriginStdlib || f.Origin == graph.OriginRuntime {
		return name
	}
	return lastElement(name)
}

// lastElement drops the directories of an import path before a name, but
// keeps the one before a major version: github.com/a/b/v2.F is b/v2.F.
func lastElement(name string) string {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return name
	}
	if pkg, _, _ := strings.Cut(name[i+1:], "."); len(pkg) > 1 && pkg[0] == 'v' && strings.Trim(pkg[1:], "0123456789") == "" {
		i = strings.LastIndexByte(name[:i], '/')
	}
	return name[i+1:]
}

// withoutTypeArguments writes slices.Sort[go.shape.int] as slices.Sort[...],
// as the Go runtime's own tracebacks do.
func withoutTypeArguments(name string) string {
	open := strings.IndexByte(name, '[')
	if open < 0 {
		return name
	}
	depth := 0
	for i := open; i < len(name); i++ {
		switch name[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return name[:open] + "[...]" + withoutTypeArguments(name[i+1:])
			}
		}
	}
	return name[:open] + "[...]"
}

// typeName drops the import paths inside a type: chan github.com/a/b.T is chan b.T.
func typeName(t string) string {
	var b strings.Builder
	for t != "" {
		end := strings.IndexFunc(t, func(r rune) bool { return strings.ContainsRune(" *[](){},;", r) })
		if end < 0 {
			end = len(t)
		}
		b.WriteString(lastElement(t[:end]))
		if end < len(t) {
			b.WriteByte(t[end])
			end++
		}
		t = t[end:]
	}
	return b.String()
}

// location is a frame's file and line in the short form that editors and
// terminals make a link of: store.go:88.
func location(f *graph.Frame) string {
	if f.File == "" {
		return ""
	}
	file := f.File[strings.LastIndexAny(f.File, `/\`)+1:]
	if f.Line <= 0 {
		return file
	}
	return file + ":" + strconv.Itoa(f.Line)
}

// groupName is a group's kind and address: errgroup.Group 0x3e8ac0014040.
func groupName(g *graph.Group) string {
	return named(typeName(g.Kind), g.Address)
}

// named joins a noun and an address, when there is one.
func named(noun string, addr uint64) string {
	if addr == 0 {
		return noun
	}
	return noun + " " + address(addr)
}
