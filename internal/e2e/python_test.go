package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// pythonFixtures are programs of testdata/python that stand still. What is
// right to say of each is said at its top.
var pythonFixtures = []fixture{
	{program: "chain", where: []string{"name=f4-ensured", "name=f4-gathered", "name=shared", "name=link-9"}},
	{program: "generators", where: []string{"name=nested-agens", "name=athrow", "name=delegate"}},
	{program: "locks", where: []string{"name=behind", "name=through-waiter"}},
	{program: "queues", where: []string{"name=consumer", "name=joiner"}},
	{program: "sleeps", where: []string{"name=wait-for-task", "name=unlimited"}},
	{program: "gathers", where: []string{"name=inner-2", "name=wait-1", "name=shielded", "name=completed-1", "name=declared-0", "name=held", "name=twice"}},
	{program: "taskgroups", where: []string{"name=child", "name=exit-child", "name=agen-child", "name=wrapped-child", "name=stacked-child", "name=class-child", "name=inner-child", "name=stubborn", "name=far-child"}},
	{program: "executors", where: []string{"name=busy-0", "name=queued", "name=remote", "name=small_0"}},
	{program: "streams", where: []string{"name=reader", "name=communicate"}, chance: []string{"pid"}},
	{program: "threads", where: []string{"name=blocker", "name=queued-0", "name=loop-1"}},
	{program: "subinterp", where: []string{"name=sub-nap"}},
	{program: "eager", where: []string{"name=suspended", "name=outer"}},
	{program: "done", where: []string{"name=unretrieved", "name=caused", "name=requested"}},
	{program: "puretasks", where: []string{"name=pure", "name=pure-traced"}},
	{program: "futures", where: []string{"name=ping", "name=onlooker"}},
	{program: "debugmode", where: []string{"name=first", "name=second"}},
}

// Every way to look at a Python tells the same of it, tells of every task what
// asyncio itself does, and tells what the golden file holds.
func TestPythonFixtures(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			p.Exe(t)
			programs := strings.Join(testtarget.PythonPrograms(t, p), " ")
			for _, f := range pythonFixtures {
				if !strings.Contains(programs, f.program+".py") {
					continue
				}
				t.Run(f.program, func(t *testing.T) {
					if !*update { // golden files are written in the order of the releases
						t.Parallel()
					}
					seePython(t, p, f)
				})
			}
		})
	}
}

func seePython(t *testing.T, p testtarget.Python, f fixture) {
	t.Helper()
	tg := testtarget.StartPython(t, p, f.program+".py")
	if *update {
		writePythonGolden(t, tg, p, f, toJSON(t, attach(t, tg)))
		return
	}
	tg.Settle(t)
	untouched := attach(t, tg)
	checkPythonGolden(t, tg, p, f, toJSON(t, untouched))
	// It is asked after the first look, as the answer leaves traces: objects
	// of frames that nobody had asked for.
	compareWithAsyncio(t, tg.Stack(t), untouched)
	var first []byte
	for i, v := range views {
		tg.Settle(t)
		seen, err := sameMoment(toJSON(t, v.see(t, tg)))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = seen
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

// goldens is the directory of the golden files for Pythons. Each holds from a
// release of Python on until the next that has one of its own, as what asyncio
// does changes with its releases.
var goldens = filepath.Join("testdata", "python")

// checkPythonGolden compares the tree and the backtraces with the program's
// golden file.
func checkPythonGolden(t *testing.T, tg *testtarget.Target, p testtarget.Python, f fixture, seen []byte) {
	t.Helper()
	got := txtar.Format(describe(t, tg, f, seen))
	file := goldenFor(f.program, p.Minor)
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
		t.Errorf("%s (-) and what is seen (+) differ; DLV_ASYNC_FULL=1 and -update write it anew:\n%s", file, diff)
	}
}

// writePythonGolden writes a golden file where an earlier release's does not
// hold any more. It is called in the order of the releases.
func writePythonGolden(t *testing.T, tg *testtarget.Target, p testtarget.Python, f fixture, seen []byte) {
	t.Helper()
	if p.Kind == testtarget.Static || p.Kind == testtarget.Standalone && p.Minor != "3.14" {
		return // another of the same release writes it
	}
	got := txtar.Format(describe(t, tg, f, seen))
	own := goldenName(f.program, p.Minor)
	_ = os.Remove(own)
	if before, err := os.ReadFile(goldenFor(f.program, p.Minor)); err == nil && bytes.Equal(before, got) {
		return
	}
	if err := os.WriteFile(own, got, 0o644); err != nil {
		t.Fatal(err)
	}
}

func goldenName(program, minor string) string {
	return filepath.Join(goldens, program+"-"+minor+".txtar")
}

// goldenFor returns the golden file that holds for a release.
func goldenFor(program, minor string) (file string) {
	for _, m := range testtarget.Minors {
		if own := goldenName(program, m); exists(own) {
			file = own
		}
		if m == minor {
			break
		}
	}
	return file
}
