package declared

import (
	"context"
	"fmt"
	"sync"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Runtimes are the walkers of what is declared, one for each declaration. They
// belong behind the Go walker: what goroutines run is laid over these.
func Runtimes(all []Declaration) []walker.Runtime {
	var out []walker.Runtime
	shared := &modules{}
	for i := range all {
		out = append(out, runtime{&all[i], shared})
	}
	return out
}

// runtime is one declaration. It implements [walker.Runtime].
type runtime struct {
	*Declaration
	modules *modules
}

// instance is a declaration in an image that fits it.
type instance struct {
	*Declaration
	version string // of the module
	options walker.Options
}

// Name implements [walker.Runtime].
func (r runtime) Name() string { return r.Declaration.Name }

// Detect implements [walker.Runtime]: a declaration is there where its module
// is, or, if it names none, one of its types.
func (r runtime) Detect(img *dlvext.Image, o walker.Options) (walker.Instance, error) {
	in := &instance{Declaration: r.Declaration, options: o}
	if r.Module != "" {
		version, ok := r.modules.version(img, r.Module)
		if !ok {
			return nil, nil
		}
		in.version = version
	}
	reader := newReader(img)
	there := false
	for _, t := range r.things() {
		_, err := reader.typeOf(t.Type)
		there = there || err == nil
	}
	if !there { // the module may have been linked without them
		return nil, nil
	}
	if wrong := r.misfits(reader); len(wrong) > 0 {
		return nil, fmt.Errorf("the declaration does not fit this program: [[declare.%s]] %s (dlv-async declare check)", wrong[0].table, wrong[0].why)
	}
	return in, nil
}

// modules are the Go modules that a program was built with, read once for all
// declarations.
type modules struct {
	mu       sync.Mutex
	of       *dlvext.Image
	versions map[string]string
}

// version is that of a module; ok is false when the program does not have it.
func (m *modules) version(img *dlvext.Image, path string) (version string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != img {
		m.of, m.versions = img, versionsIn(img)
	}
	version, ok = m.versions[path]
	return version, ok
}

func versionsIn(img *dlvext.Image) map[string]string {
	if len(img.Modules) == 0 {
		return nil
	}
	// Of a program that is not Go's all data would be searched.
	if _, ok := img.Modules[0].Section(".go.buildinfo"); !ok {
		return nil
	}
	info, err := img.Modules[0].BuildInfo()
	if err != nil {
		return nil
	}
	versions := map[string]string{}
	for _, dep := range append(info.Deps, &info.Main) {
		versions[dep.Path] = dep.Version
	}
	return versions
}

// Collect implements [walker.Instance]. There is nothing that could be read in
// rounds: see ReadsHeap.
func (in *instance) Collect(context.Context, *dlvext.Image) error { return nil }

// ReadsHeap implements [walker.HeapReader].
func (in *instance) ReadsHeap() bool { return true }

// Walk implements [walker.Instance].
func (in *instance) Walk(ctx context.Context, img *dlvext.Image, b *graph.Builder) error {
	f := newFinder(newReader(img), in.Declaration)
	f.leisure = in.options.Heap
	notes := f.find(in.Declaration, b.Tasks())
	if ctx.Err() != nil {
		return nil
	}
	w := &describer{finder: f, b: b, name: in.Declaration.Name, ids: map[*object]graph.TaskID{}, laid: map[graph.TaskID]*graph.Task{}}
	w.describe()
	rt := &graph.Runtime{ID: w.name, Name: w.name, Version: in.version, Layout: "dwarf", Notes: notes, Tasks: w.tasks - w.overlaid, Complete: !f.cut && len(f.first) == 0}
	if w.overlaid > 0 {
		rt.Stats = append(rt.Stats, graph.Attr{Key: "goroutines", Value: w.overlaid})
	}
	b.Runtime(rt)
	for _, text := range f.first {
		times := ""
		if n := f.trouble[text]; n > 1 {
			times = fmt.Sprintf(" (%d times)", n)
		}
		b.Problem(&graph.Problem{Code: "unreadable", Severity: graph.Warning, Message: w.name + ", as declared: " + text + times})
	}
	if f.cut {
		b.Truncated("what is declared of "+w.name, maxObjects, maxObjects+1)
	}
	return nil
}
