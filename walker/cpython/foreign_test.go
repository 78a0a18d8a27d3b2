package cpython_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Supervisors of a library are groups; parked greenlets are said to be there;
// what Cython compiled shows by its names.
func TestForeign(t *testing.T) {
	if !testtarget.Full() {
		t.Skip("packages are compiled for this in the long tier: DLV_ASYNC_FULL=1")
	}
	t.Parallel()
	for _, py := range testtarget.Pythons(t) {
		if !py.AtLeast(11) {
			continue
		}
		t.Run(py.Name, func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Venv(t, py, "aiotools", "greenlet", "typing_extensions", "cython", "setuptools")
			env := []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=" + compiled(t, exe)}
			script := filepath.Join(testtarget.Root(t), "testdata", "python", "foreign.py")
			s := see(t, testtarget.StartEnv(t, env, exe, script), snapshot.Options{})
			compare(t, "the backtrace", s.where, map[string]string{
				"kept-0":     "work | scope (inferred) opener: opens | join main: main",
				"kept-1":     "work | scope (inferred) opener: opens | join main: main",
				"left-child": "work | scope (inferred) leaver: leaves | join main: main",
				"watched":    "work | scope (inferred) supervisor: supervises | join main: main",
			})
			compare(t, "the wait", s.waits, map[string]string{"leaver": "task group(left-child) (inferred)"})
			if notes := strings.Join(s.Runtimes[0].Notes, "; "); !strings.Contains(notes, "greenlets are here") {
				t.Errorf("of greenlets nothing is said: %q", notes)
			}
			for name, want := range map[string]string{
				"plain": "asyncio.tasks.sleep, compiled.inner (native), compiled.outer (native), __main__.awaits",
				"alone": "asyncio.tasks.sleep, compiled.inner (native), compiled.outer (native)",
			} {
				var frames []string
				for _, f := range s.task(name).Frames {
					text := f.Func
					if f.Kind == graph.FrameNative {
						text += " (native)"
					}
					frames = append(frames, text)
				}
				if got := strings.Join(frames, ", "); got != want {
					t.Errorf("the frames of %s are %s, want %s", name, got, want)
				}
			}
		})
	}
}

// compiled builds compiled.pyx with the Cython of an environment, and returns
// the directory that it is in.
func compiled(t *testing.T, exe string) string {
	t.Helper()
	dir := t.TempDir()
	source, err := os.ReadFile(filepath.Join(testtarget.Root(t), "testdata", "python", "compiled.pyx"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "compiled.pyx")
	if err := os.WriteFile(file, source, 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command(filepath.Join(filepath.Dir(exe), "cythonize"), "-i", "-3", file)
	if out, err := build.CombinedOutput(); err != nil {
		testtarget.Skip(t, "cgo", "Cython cannot compile: "+string(out), "install a C compiler and Python's headers")
	}
	return dir
}
