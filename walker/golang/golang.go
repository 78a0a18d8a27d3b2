package golang

import (
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
	version  string     // as the runtime states it: go1.26.8
	modules  []goModule // the runtime's own first
	tables   pclntab.Tables
	unwinder *unwind.Unwinder
	lay      *layouts
	origins  origins
	started  map[uint64]*wrapper // by goroutines' first function
	globals  map[string]place
	reserve  slab // made before the target is stopped
	codes    programCode
	notes    []string

	stackEach int64 // bytes of its stack that a goroutine uses, about

	guessed      bool   // the layouts are those of an older version
	layoutSource string // as [graph.Runtime.Layout] has it
}

// instance is the Go runtime of one process. It implements [walker.Instance].
type instance struct {
	*program
	*collection
}

// Detect implements [walker.Runtime]. A process has one Go runtime, in its
// executable or in a shared library; of several the one with the most goroutines
// is read.
func (Runtime) Detect(img *dlvext.Image, o walker.Options) (walker.Instance, error) {
	modules, err := goModules(img)
	if len(modules) == 0 {
		return nil, err
	}
	p, err := newProgram(img, modules)
	if err != nil {
		return nil, fmt.Errorf("%s is a Go program that cannot be read: %w", modules[0].Path, err)
	}
	p.options = o
	return &instance{program: p}, nil
}

func newProgram(img *dlvext.Image, all []goModule) (*program, error) {
	modules, others := largest(img, all)
	p := &program{modules: modules, layoutSource: "dwarf", started: map[uint64]*wrapper{}, globals: map[string]place{}}
	for _, m := range modules {
		p.tables = append(p.tables, m.table)
	}
	for _, m := range others {
		what := "whose goroutines are not shown"
		if n, ok := goroutinesOf(img, m); ok {
			what = fmt.Sprintf("whose %d goroutines, its system's and ended ones among them, are not shown", n)
		}
		p.notes = append(p.notes, m.Path+" has a Go runtime of its own, "+what)
	}
	p.unwinder = unwind.New(p.tables, img.Arch)
	p.findGlobals()
	if err := p.findLayouts(img); err != nil {
		return nil, err
	}
	if err := p.guessGlobals(img); err != nil {
		return nil, err
	}
	if err := p.checkGuess(img); err != nil {
		return nil, err
	}
	p.reserveGoroutines(img)
	p.origins = newOrigins(modules)
	return p, nil
}

// function is the name of the function that begins at or contains pc.
func (p *program) function(pc uint64) (string, bool) {
	f, ok := p.tables.Func(pc)
	if !ok {
		return "", false
	}
	return f.Name, true
}
