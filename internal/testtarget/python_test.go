package testtarget

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Every program says READY on every Python, answers, tells what it is, and
// ends with its standard input.
func TestPythonPrograms(t *testing.T) {
	for _, p := range Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			p.Exe(t)
			for _, program := range PythonPrograms(t, p) {
				t.Run(strings.TrimSuffix(program, ".py"), func(t *testing.T) {
					t.Parallel()
					tg := StartPython(t, p, program)
					if !tg.Alive(t) {
						t.Error("it does not answer")
					}
					s, err := ParsePythonStack(tg.Stack(t))
					if err != nil {
						t.Fatal(err)
					}
					if !strings.HasPrefix(s.Version, p.Minor+".") || s.PID != tg.PID {
						t.Errorf("it is Python %s, process %d, and not %s, %d", s.Version, s.PID, p.Minor, tg.PID)
					}
					if len(s.Loops) == 0 || len(s.Threads) < 2 {
						t.Errorf("it has %d loops and %d threads", len(s.Loops), len(s.Threads))
					}
					for _, loop := range s.Loops {
						for _, task := range loop.Tasks {
							if task.State == "pending" && len(task.Chain) == 0 {
								t.Errorf("%s stands nowhere", task.Name)
							}
						}
					}
					if err := tg.stdin.Close(); err != nil {
						t.Fatal(err)
					}
					if state := tg.wait(t); !state.Success() {
						t.Errorf("it ended with %v\n%s", state, tg.Stderr())
					}
				})
			}
		})
	}
}

// What a test asks for by name is what it gets.
func TestPythonsAreWhatTheySay(t *testing.T) {
	for _, p := range Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			exe := p.Exe(t)
			seen, ok := inspect(exe)
			kind := p.Kind
			if kind == Standalone {
				kind = Static
			}
			if !ok || seen.Minor != p.Minor || seen.Kind != kind {
				t.Errorf("%s is %+v and not %s, %s", exe, seen, p.Minor, kind)
			}
		})
	}
}

// The oldest Python compiles all programs, and warns of nothing.
func TestPythonProgramsCompile(t *testing.T) {
	p := Pythons(t)[0]
	files, err := filepath.Glob(filepath.Join(Root(t), "testdata", "python", "*.py"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(p.Exe(t), "-s", "-W", "error", "-c", "import sys; compile(sys.stdin.read(), sys.argv[1], 'exec')", file)
		cmd.Env = plainEnv()
		cmd.Stdin = bytes.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", filepath.Base(file), err, out)
		}
	}
}

// A Python that keeps a test waiting says where it stands, and is gone.
func TestPythonQuits(t *testing.T) {
	for _, p := range Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			tg := StartPython(t, p, "chain.py")
			tg.quit()
			if said := tg.Stderr(); !strings.Contains(said, "most recent call first") {
				t.Errorf("it said %q", said)
			}
		})
	}
}
