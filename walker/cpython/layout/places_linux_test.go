package layout

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// Two libpythons in one process are both found: the one that runs and the one
// that was only loaded.
func TestFindsTwoLibraries(t *testing.T) {
	var shared []testtarget.Python
	for _, p := range testtarget.Pythons(t) {
		if p.Kind == testtarget.Shared {
			shared = append(shared, p)
		}
	}
	if len(shared) < 2 {
		testtarget.Skip(t, "two shared CPythons", "there are not two", "install others with pyenv and --enable-shared")
	}
	one, two := shared[len(shared)-1], shared[0]
	other := only(t, open(t, testtarget.StartPython(t, two, "chain.py").PID)).Module.Path
	const load = "import ctypes, sys; ctypes.CDLL(sys.argv[1]); print('READY', flush=True); sys.stdin.read()"
	tg := testtarget.Start(t, one.Exe(t), "-c", load, other)
	found, err := Find(open(t, tg.PID))
	if err != nil || len(found) != 2 {
		t.Fatalf("found %v, and %v", found, err)
	}
	for _, i := range found {
		phase, minor := Running, one.Minor
		if i.Module.Path == other {
			phase, minor = Starting, two.Minor
		}
		if i.Phase != phase || !strings.HasPrefix(i.Version.String()+".", minor+".") {
			t.Errorf("%s is in phase %d", i, i.Phase)
		}
	}
}

// An interpreter that shuts down says so.
func TestFinalizingInterpreter(t *testing.T) {
	const script = `
import os
class Last:
    def __del__(self, write=os.write, read=os.read):
        write(1, b"READY\n")
        read(0, 1)
last = Last()`
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			tg := testtarget.Start(t, p.Exe(t), "-c", script)
			if i := only(t, open(t, tg.PID)); i.Phase != Finalizing {
				t.Errorf("%s is in phase %d", i, i.Phase)
			}
		})
	}
}

// Where neither a symbol nor a file's name tells the version, a text does.
func TestVersionOfEmbedded(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			tg := testtarget.StartPython(t, p, "chain.py")
			img := open(t, tg.PID)
			i := only(t, img)
			i.Module.Path = "/opt/app/libembedded.so"
			if p.Kind != testtarget.Shared { // else it is found among the libraries
				img.Modules = []*dlvext.Module{i.Module}
			}
			s, err := testtarget.ParsePythonStack(tg.Stack(t))
			if err != nil {
				t.Fatal(err)
			}
			if v := only(t, img).Version.String(); v != s.Version && v != p.Minor {
				t.Errorf("it is %s, and it is %s", v, s.Version)
			}
			if v, ok := textVersion(i.Module); !ok || v.String() != p.Minor {
				t.Errorf("by its text it is %s, and it is %s", v, p.Minor)
			}
		})
	}
}
