package testtarget

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs returns the names of all target programs.
func programs(t *testing.T) []string {
	t.Helper()
	mains, err := filepath.Glob(filepath.Join(Root(t), "testdata", "go", "*", "main.go"))
	if err != nil || len(mains) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	var names []string
	for _, m := range mains {
		names = append(names, filepath.Base(filepath.Dir(m)))
	}
	return names
}

// notAlone are programs that hold no conversation by themselves: desk is for a
// debugger, plugin loads another, library is loaded, and the runtime of forks can
// stop no world to write its stacks.
var notAlone = []string{"desk", "plugin", "library", "forks"}

// Every other program says READY, answers, and ends with its standard input.
func TestPrograms(t *testing.T) {
	for _, name := range programs(t) {
		if slices.Contains(notAlone, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tg := Start(t, Build(t, name, Options{}))
			if !tg.Alive(t) {
				t.Error("it does not answer")
			}
			gs, err := ParseStack(tg.Stack(t))
			if err != nil {
				t.Fatal(err)
			}
			if len(gs) < 2 {
				t.Errorf("runtime.Stack shows %d goroutines", len(gs))
			}
			if err := tg.stdin.Close(); err != nil {
				t.Fatal(err)
			}
			if state := tg.wait(t); !state.Success() {
				t.Errorf("it ended with %v\n%s", state, tg.Stderr())
			}
		})
	}
}

// The programs are a module of their own, which `go vet ./...` does not enter.
func TestProgramsAreFormattedAndVetted(t *testing.T) {
	dir := filepath.Join(Root(t), "testdata", "go")
	for _, args := range [][]string{{"gofmt", "-l", "."}, {"go", "vet", "./..."}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
