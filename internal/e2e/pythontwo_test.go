package e2e

import (
	"path/filepath"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// Two CPythons in one process are two runtimes, each with its own threads.
func TestTwoPythons(t *testing.T) {
	var libraries []string
	for _, p := range testtarget.Pythons(t) {
		if p.Kind != testtarget.Shared {
			continue
		}
		exe, err := filepath.EvalSymlinks(p.Exe(t))
		if err != nil {
			t.Fatal(err)
		}
		lib := filepath.Join(filepath.Dir(exe), "..", "lib", "libpython"+p.Minor+".so.1.0")
		if p.AtLeast(11) && exists(lib) {
			libraries = append(libraries, lib)
		}
	}
	if len(libraries) < 2 {
		testtarget.Skip(t, "libpython", "there are no two shared libpythons", "install two CPythons with pyenv and --enable-shared")
	}
	s := attach(t, testtarget.StartEnv(t, nil, compileC(t, "twopythons.c"), libraries[:2]...))
	if len(s.Runtimes) != 2 || s.Runtimes[0].ID == s.Runtimes[1].ID {
		t.Fatalf("the runtimes are %v", s.Runtimes)
	}
	parked := map[string]int{}
	for _, task := range s.Tasks {
		if len(task.Frames) > 0 && task.Frames[0].Func == "__main__.park" {
			parked[task.Runtime]++
		}
	}
	if len(parked) != 2 || len(s.Tasks) != 2 {
		t.Errorf("of %d tasks these stand in park, by runtime: %v", len(s.Tasks), parked)
	}
}
