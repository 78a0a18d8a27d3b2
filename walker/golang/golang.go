package golang

import (
	"errors"
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// Runtime finds Go in a process. It implements [walker.Runtime].
type Runtime struct{}

// Name implements [walker.Runtime].
func (Runtime) Name() string { return "go" }

// program is what a Go program's files and read-only data tell: the same
// before, while and after the process stands still.
type program struct {
	options  walker.Options
	version  string // as the runtime states it: go1.26.8
	tables   pclntab.Tables
	data     *pclntab.Moduledata
	unwinder *unwind.Unwinder
	lay      *layouts
	origins  origins
	started  map[uint64]*wrapper // by goroutines' first function
	globals  map[string]place
	reserve  []goroutine // room that was touched before the target is stopped
	notes    []string

	layoutSource string // as [graph.Runtime.Layout] has it
}

// instance is the Go runtime of one process. It implements [walker.Instance].
type instance struct {
	*program
	*collection
}

// Detect implements [walker.Runtime]. A process has one Go runtime, in its
// executable or in a shared library.
func (Runtime) Detect(img *dlvext.Image, o walker.Options) (walker.Instance, error) {
	for _, m := range img.Modules {
		if m.Err != nil {
			continue
		}
		table, data, err := pclntab.Load(pclntab.Module{
			Arch: img.Arch, File: m.ReadFile, Memory: img.Memory.Read,
			Section: func(name string) (pclntab.Span, bool) {
				s, ok := m.Section(name)
				return pclntab.Span{Start: s.Addr, End: s.Addr + s.Size}, ok
			},
		})
		if errors.Is(err, pclntab.ErrNotGo) {
			continue
		}
		if err == nil {
			var p *program
			if p, err = newProgram(img, m, table, data); err == nil {
				p.options = o
				return &instance{program: p}, nil
			}
		}
		return nil, fmt.Errorf("%s is a Go program that cannot be read: %w", m.Path, err)
	}
	return nil, nil
}

func newProgram(img *dlvext.Image, m *dlvext.Module, table *pclntab.Table, data *pclntab.Moduledata) (*program, error) {
	p := &program{tables: pclntab.Tables{table}, data: data, layoutSource: "dwarf", started: map[uint64]*wrapper{}, globals: map[string]place{}}
	p.unwinder = unwind.New(p.tables, img.Arch)
	p.findGlobals(img)
	if err := p.findLayouts(img, m); err != nil {
		return nil, err
	}
	if err := p.guessGlobals(img); err != nil {
		return nil, err
	}
	p.reserveGoroutines(img)
	p.origins = newOrigins(m)
	return p, nil
}

// findLayouts takes the layouts from the debug information; in a program
// without any, from the table of known versions.
func (p *program) findLayouts(img *dlvext.Image, m *dlvext.Module) error {
	p.version = recordedVersion(img, m, p)
	var err error
	if p.lay, err = newLayouts(debugInfo{img}); !errors.Is(err, errNoLayout) {
		return err
	}
	known, err := tableOf(p.version)
	if err == nil {
		p.lay, err = newLayouts(known)
	}
	if err != nil {
		return fmt.Errorf("it was built without debug information, and %w; build it with go build or go install, or with -ldflags='-s=0 -w=0'", err)
	}
	p.layoutSource = "table"
	p.notes = append(p.notes, "built without debug information (as by go run and go test, or -ldflags=-w): layouts are those of "+minorVersion(p.version)+" in a table")
	return nil
}

// recordedVersion is the Go version that the binary or the process states.
func recordedVersion(img *dlvext.Image, m *dlvext.Module, p *program) string {
	if addr, _, ok := p.global("runtime.buildVersion"); ok {
		header := make([]byte, 16)
		if img.Memory.Read(addr, header) == nil && word(header, 1) <= 64 {
			s := make([]byte, word(header, 1))
			if img.Memory.Read(word(header, 0), s) == nil && len(s) > 0 {
				return string(s)
			}
		}
	}
	if info, err := m.BuildInfo(); err == nil {
		return info.GoVersion
	}
	return "go"
}

// function is the name of the function that begins at or contains pc.
func (p *program) function(pc uint64) (string, bool) {
	f, ok := p.tables.Func(pc)
	if !ok {
		return "", false
	}
	return f.Name, true
}
