package e2e

import (
	"bytes"
	"flag"
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

var update = flag.Bool("update", false, "write the golden files anew, to be read before they are kept")

// A fixture is a program of testdata/go or testdata/python that stands still. What is right to
// say of it is said at its top.
type fixture struct {
	program string
	where   []string // functions, or name=NAME, of tasks whose backtraces are in the golden file
	chance  []string // keys of details that differ from run to run
	details bool     // the golden file has what is known of resources and groups
	quick   bool     // with all toolchains in a quick test too
	since   string   // the first Go release that can build it; empty: all can
	cgo     bool     // it needs cgo
	library bool     // it is mostly the library's goroutines: the golden file is one release's
}

var fixtures = []fixture{
	{program: "chans", quick: true, where: []string{"main.selectThree", "main.twoReceivers"}},
	{program: "mutexes", quick: true, where: []string{"main.lockField", "main.readBehindWriter", "main.writeBehindWriter"}},
	{program: "waitgroup", where: []string{"main.deferredWork", "main.methodWork", "main.pointerWork", "main.elsewhereWork", "main.missingWork", "main.severalWork", "main.(*server).work", "main.closureWork", "main.lastWork"}},
	{program: "errgroup", quick: true, where: []string{"main.child2", "main.leaf", "main.limitedWork", "main.wrappedWork", "main.parent3"}},
	{program: "stale", where: []string{"main.overlayInnocent", "main.shortInnocent", "main.recycledInnocent", "main.recycledMember"}},
	{program: "cond", where: []string{"main.(*queue).consume"}},
	{program: "sleep", where: []string{"main.cancelled", "main.afterFunc"}},
	{program: "network", where: []string{"main.readDeadline", "main.readSecond"}},
	{program: "inlined", where: []string{"main.work", "main.loop", "main.closureWork"}},
	{program: "contexts", details: true, where: []string{"main.request", "main.child"}},
	{program: "xsync", details: true, where: []string{"main.fetch", "main.initialise"}, chance: []string{"fd"}},
	{program: "coroutines", since: "go1.23", where: []string{"main.producer", "main.idle"}},
	{program: "groups", details: true, where: []string{"main.waitGroupWork", "main.errorsWork", "main.limited", "main.streamWork"}, library: true},
	{program: "bubble", since: "go1.25", details: true, where: []string{"main.worker"}},
	{program: "workers", details: true, where: []string{"main.pack", "main.mill"}},
	{program: "http", where: []string{"main.readsBody", "main.writesMuch"}, chance: []string{"fd"}, library: true},
	{program: "buffers", where: []string{"main.readLine", "main.writeMuch"}, chance: []string{"fd"}},
	{program: "endings", where: []string{"main.rollback", "main.apologise", "main.hangUp", "main.(*file).finalise", "main.expire", "main.cancelled"}},
	{program: "cleanup", since: "go1.24", where: []string{"main.cleanUp"}},
	{program: "syscalls", where: []string{"main.lock"}},
	{program: "database", details: true, where: []string{"main.waits"}, library: true},
	{program: "tests", where: []string{"main.inner", "main.beside"}, library: true},
	{program: "labels", where: []string{"main.child"}},
	{program: "server", where: []string{"main.(*shop).order", "main.(*stock).ServeHTTP", "main.(*shop).audit"}, chance: []string{"fd"}, library: true},
}

// first is the build whose view makes the golden file.
func (f fixture) first() testtarget.Options { return testtarget.Options{CGO: f.cgo} }

// variants are the builds that a fixture is looked at in: in a quick test the
// toolchain at hand, and some fixtures with all; otherwise all with all.
func (f fixture) variants() []testtarget.Options {
	all := []testtarget.Options{{}}
	if testtarget.Full() || f.quick {
		for _, toolchain := range testtarget.Toolchains {
			all = append(all, testtarget.Options{Toolchain: toolchain})
		}
	}
	if testtarget.Full() {
		for _, toolchain := range testtarget.Older {
			all = append(all, testtarget.Options{Toolchain: toolchain})
		}
		for _, toolchain := range slices.Concat(testtarget.Toolchains, testtarget.Older) {
			all = append(all, testtarget.Options{Toolchain: toolchain, NoOpt: true})
			if f.quick {
				all = append(all, otherBuilds(toolchain)...)
			}
		}
		all = append(all, otherBuilds("")...)
	}
	return slices.DeleteFunc(all, func(o testtarget.Options) bool {
		return o.Toolchain != "" && version.Compare(f.since, o.Toolchain) > 0
	})
}

// otherBuilds are the ways to build that change what code and data look like.
func otherBuilds(toolchain string) []testtarget.Options {
	return []testtarget.Options{
		{Toolchain: toolchain, PIE: true}, {Toolchain: toolchain, CGO: true}, {Toolchain: toolchain, Race: true},
	}
}

// Every way to look at a target tells the same of it, tells of every
// goroutine what the target's own runtime does, and tells what the golden
// file holds.
func TestFixtures(t *testing.T) {
	for _, f := range fixtures {
		for _, o := range f.variants() {
			t.Run(f.program+"/"+o.Name(), func(t *testing.T) {
				t.Parallel()
				lookAt(t, testtarget.Start(t, testtarget.Build(t, f.program, o)), f, o)
			})
		}
	}
}

// lookAt looks at a target in every way, and compares what they tell.
func lookAt(t *testing.T, tg *testtarget.Target, f fixture, o testtarget.Options) {
	t.Helper()
	dump := tg.Stack(t)
	var first []byte
	for i, v := range views {
		s := v.see(t, tg)
		compareWithRuntime(t, dump, s)
		for _, p := range s.Problems {
			if strings.HasPrefix(p.Message, "cannot read") {
				t.Errorf("%s: of what stands still it says: %s", v.name, p.Message)
			}
		}
		seen, err := sameMoment(toJSON(t, s))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = seen
			if !f.library || o.Name() == f.first().Name() {
				checkGolden(t, tg, f, o, toJSON(t, s))
			}
			continue
		}
		if diff := cmp.Diff(lines(first), lines(seen)); diff != "" {
			t.Errorf("%s (-) and %s (+) differ:\n%s", views[0].name, v.name, diff)
		}
	}
	if !tg.Alive(t) {
		t.Error("the target is gone")
	}
}

func lines(b []byte) []string { return strings.Split(string(b), "\n") }

// checkGolden compares the tree and the backtraces with the program's golden
// file. One holds for all builds, but where the optimiser leaves less to be
// known there is one of its own for builds without it.
func checkGolden(t *testing.T, tg *testtarget.Target, f fixture, o testtarget.Options, seen []byte) {
	t.Helper()
	got := txtar.Format(describe(t, tg, f, seen))
	file := filepath.Join("testdata", f.program+".txtar")
	if noopt := filepath.Join("testdata", f.program+"-noopt.txtar"); o.NoOpt && exists(noopt) {
		file = noopt
	}
	if *update {
		if o.Name() == f.first().Name() || strings.HasSuffix(file, "-noopt.txtar") {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(testtarget.Older, o.Toolchain) {
		want, got = treeOf(want), treeOf(got)
	}
	if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
		t.Errorf("%s (-) and what is seen (+) differ; -update writes it anew:\n%s", file, diff)
	}
}

// treeOf is what a golden file says that does not depend on how the standard
// library and the runtime are made.
func treeOf(golden []byte) []byte {
	tree := txtar.Parse(golden).Files[0].Data
	tree = regexp.MustCompile(`(?m)opened at .*|^.* system tasks are hidden.*\n|,? ?members inferred|  +`).ReplaceAll(tree, nil)
	all := lines(regexp.MustCompile(`go:\d+|0x[0-9a-f]+`).ReplaceAll(tree, []byte("…"))) // their order is the library's too
	slices.Sort(all)
	all = append(all, regexp.MustCompile(`(?m)^  label .*`).FindAllString(string(golden), -1)...)
	return []byte(strings.Join(all, "\n"))
}

// describe renders a snapshot, with all that changes from run to run made
// stable, as the tree and the backtrace of the first task with each function.
func describe(t *testing.T, tg *testtarget.Target, f fixture, seen []byte) *txtar.Archive {
	t.Helper()
	stable, err := stable(seen, map[string]string{testtarget.Root(t): "$ROOT", tg.Dir: "$DIR"}, f.chance)
	if err != nil {
		t.Fatal(err)
	}
	s, err := graph.ReadJSON(bytes.NewReader(stable))
	if err != nil {
		t.Fatalf("the normalised snapshot cannot be read: %v", err)
	}
	archive := &txtar.Archive{}
	add := func(name string, view func(*bytes.Buffer) error) {
		t.Helper()
		var b bytes.Buffer
		if err := view(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		data := ofWhich.ReplaceAll(b.Bytes(), []byte("of $1 N"))
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: data})
	}
	add("tree", func(b *bytes.Buffer) error { return render.Tree(b, s, render.Options{Width: 120}) })
	if f.details {
		add("groups", func(b *bytes.Buffer) error { return render.Groups(b, s, render.Options{Width: 120}) })
		add("resources", func(b *bytes.Buffer) error { return render.Resources(b, s, render.Options{Width: 120}) })
	}
	for _, function := range f.where {
		words, named := strings.CutPrefix(function, "name=")
		if !named {
			words = "~" + function
		}
		found := s.Find(words)
		if len(found) == 0 {
			t.Errorf("no task is %s", words)
			continue
		}
		add("where "+words, func(b *bytes.Buffer) error {
			return render.Where(b, s, render.Options{Width: 120, Task: found[0].ID})
		})
	}
	return archive
}

// ofWhich are a descriptor that depends on which others there were, and a process.
var ofWhich = regexp.MustCompile(`of (fd|process) [1-9][0-9]*`)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
