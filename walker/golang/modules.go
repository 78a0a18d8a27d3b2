package golang

import (
	"errors"
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// goModule is a module of the process that has Go code: its executable, a
// shared library, a plugin.
type goModule struct {
	*dlvext.Module
	table *pclntab.Table
	data  *pclntab.Moduledata
}

// goModules finds them, in the image's order. The error is of the first that
// has Go code and cannot be read; those before and after it are returned.
func goModules(img *dlvext.Image) (found []goModule, err error) {
	for _, m := range img.Modules {
		if m.Err != nil {
			continue
		}
		table, data, e := pclntab.Load(pclntab.Module{
			Arch: img.Arch, File: m.ReadFile, Memory: img.Memory.Read,
			Section: func(name string) (pclntab.Span, bool) {
				s, ok := m.Section(name)
				return pclntab.Span{Start: s.Addr, End: s.Addr + s.Size}, ok
			},
		})
		switch {
		case e == nil:
			found = append(found, goModule{m, table, data})
		case !errors.Is(e, pclntab.ErrNotGo) && err == nil:
			err = fmt.Errorf("%s is a Go program that cannot be read: %w", m.Path, e)
		}
	}
	return found, err
}

// largest parts modules into those of the runtime that has the most goroutines,
// as far as its symbols tell, and others: the first of each other runtime.
func largest(img *dlvext.Image, all []goModule) (modules, others []goModule) {
	modules, rest := sharing(img, all)
	if len(rest) == 0 {
		return modules, nil
	}
	most, _ := goroutinesOf(img, modules[0])
	for len(rest) > 0 {
		var same []goModule
		same, rest = sharing(img, rest)
		if n, _ := goroutinesOf(img, same[0]); n > most {
			modules, same, most = same, modules, n
		}
		others = append(others, same[0])
	}
	return modules, others
}

// goroutinesOf is how many goroutines the runtime of a module has listed.
func goroutinesOf(img *dlvext.Image, m goModule) (n uint64, ok bool) {
	s, ok := m.Symbol("runtime.allgs")
	b := make([]byte, 24)
	if !ok || img.Memory.Read(s.Addr, b) != nil || word(b, 1) > word(b, 2) {
		return 0, false
	}
	return word(b, 1), true
}

// sharing parts modules into those that share the runtime of the first, and
// others. A plugin has code of the runtime of its own, and does not run it:
// the moduledata of all that one runtime has loaded are in a list.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/plugin.go#L24
func sharing(img *dlvext.Image, all []goModule) (same, others []goModule) {
	byAddr := map[uint64]int{}
	for i, m := range all {
		byAddr[m.data.Addr] = i
	}
	listed := make([]bool, len(all))
	for i, ok := 0, true; ok && !listed[i]; {
		listed[i] = true
		var next uint64
		next, ok = all[i].data.Next(img.Memory.Read, func(addr uint64) bool {
			j, is := byAddr[addr]
			return is && !listed[j]
		})
		i = byAddr[next]
	}
	for i, m := range all {
		if listed[i] {
			same = append(same, m)
		} else {
			others = append(others, m)
		}
	}
	return same, others
}

// typesOf is what offsets of names are relative to for a type at an address:
// where the types of its module begin.
func (p *program) typesOf(addr uint64) (uint64, error) {
	for _, m := range p.modules {
		if addr >= m.Start && addr < m.End {
			return m.data.Types, nil
		}
	}
	return 0, errors.New("no module has that type")
}
