package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

var update = flag.Bool("update", false, "write what the commands print into testdata/script")

// bin returns a directory with dlv-async in it, built as users build it: a
// test binary has no debug information.
var bin = sync.OnceValue(func() string {
	// Other users run it too: see the command as-nobody.
	if err := os.Chmod(scratch, 0o755); err != nil {
		panic(err)
	}
	build := exec.Command("go", "build", "-ldflags=-s=0 -w=0", "-o", scratch, ".")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("building dlv-async: %v\n%s", err, out))
	}
	return scratch
})

var scratch string // a directory for the time of the tests

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "dlv-async-cli-"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// tb is the key of a script's testing.TB.
type tb struct{}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Values[tb{}] = e.T().(testing.TB)
			e.Setenv("PATH", bin()+string(filepath.ListSeparator)+os.Getenv("PATH"))
			e.Setenv("BIN", bin())
			e.Setenv("LC_ALL", "C.UTF-8")
			e.Setenv("SCHEMAS", filepath.Join(testtarget.Root(e.T().(testing.TB)), "docs"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit":      exitCode,
			"target":    target,
			"start":     start,
			"crash":     crash,
			"gcore":     gcore,
			"normalise": normalise,
			"schema":    schema,
			"as-nobody": asNobody,
			"redacted":  redacted,
			"python":    python,

			"gotest":       goTests,
			"pythonexe":    pythonExe,
			"jsonline":     jsonLine,
			"withouttimes": withoutTimes,
		},
	})
}

// exitCode runs a command and wants its exit code: exit 2 dlv-async attach.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want || neg {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// target builds and starts a program of testdata/go, and sets $PID and $EXE.
func target(ts *testscript.TestScript, _ bool, args []string) {
	t := ts.Value(tb{}).(testing.TB)
	started := testtarget.Start(t, testtarget.Build(t, args[0], testtarget.Options{}), args[1:]...)
	ts.Setenv("PID", strconv.Itoa(started.PID))
	ts.Setenv("EXE", started.Exe)
}

// python starts a program of testdata/python with some CPython of this machine,
// and sets $PID.
func python(ts *testscript.TestScript, _ bool, args []string) {
	t := ts.Value(tb{}).(testing.TB)
	ts.Setenv("PID", strconv.Itoa(testtarget.StartPython(t, testtarget.Pythons(t)[1], args[0]).PID))
}

// start starts a program that runs until the script ends, and sets $PID.
func start(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command(args[0], args[1:]...)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	ts.Setenv("PID", strconv.Itoa(cmd.Process.Pid))
}

// gcore takes a core of the process $PID: gcore FILE.
func gcore(ts *testscript.TestScript, _ bool, args []string) {
	if _, err := exec.LookPath("gcore"); err != nil {
		testtarget.Skip(ts.Value(tb{}).(testing.TB), "gcore", "it is not on PATH", "install gdb")
	}
	pid := ts.Getenv("PID")
	ts.Check(ts.Exec("gcore", "-o", ts.MkAbs("taken"), pid))
	ts.Check(os.Rename(ts.MkAbs("taken."+pid), ts.MkAbs(args[0])))
}

var (
	addresses = regexp.MustCompile(`0x[0-9a-f]{6,}`)
	ids       = regexp.MustCompile(`\bgo:\d+\b`)
	ports     = regexp.MustCompile(`\b127\.0\.0\.1:\d+\b`)
	lines     = regexp.MustCompile(`\b(\w+\.go):\d+\b`)
	times     = regexp.MustCompile(`\b\d+(\.\d+)? (ns|µs|ms|s|min|h)\b( \d+ (s|min)\b)?`)
	ages      = regexp.MustCompile(` · (written|seen) .*ago \(.*\)`)
	pids      = regexp.MustCompile(`\bpid \d+\b`)
	fds       = regexp.MustCompile(`\bfd \d+\b`)
	columns   = regexp.MustCompile(`([^\s│├└─]) {2,}(\S)`) // their widths, but not the tree's lines
	versions  = regexp.MustCompile(`\bgo1\.[0-9.]+\b`)
)

// crash starts a program of testdata/go, has it die, and sets $CORE and $EXE:
// crash PROGRAM ARGS...
func crash(ts *testscript.TestScript, _ bool, args []string) {
	t := ts.Value(tb{}).(testing.TB)
	exe := testtarget.Build(t, args[0], testtarget.Options{})
	ts.Setenv("EXE", exe)
	ts.Setenv("CORE", testtarget.StartEnv(t, testtarget.CrashEnv, exe, args[1:]...).CrashCore(t))
}

// normalise rewrites a file so that it is the same in every run: addresses
// and ids are numbered in the order in which they come; times, ports, versions,
// lines of files and the widths of columns are gone.
func normalise(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	number := func(re *regexp.Regexp, name string) {
		seen := map[string]string{}
		text = re.ReplaceAllStringFunc(text, func(s string) string {
			if seen[s] == "" {
				seen[s] = fmt.Sprintf("%s-%d", name, len(seen)+1)
			}
			return seen[s]
		})
	}
	text = lines.ReplaceAllString(text, "$1:LINE") // they look like ids
	number(addresses, "ADDRESS")
	number(ids, "TASK")
	text = ports.ReplaceAllString(text, "127.0.0.1:PORT")
	text = ages.ReplaceAllString(text, "")
	text = pids.ReplaceAllString(text, "pid PID")
	text = times.ReplaceAllString(text, "TIME")
	text = versions.ReplaceAllString(text, "GO")
	text = fds.ReplaceAllString(text, "fd N")
	text = columns.ReplaceAllString(text, "$1  $2")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}

// schema checks a JSON file against one of docs: schema FILE SCHEMA.
func schema(ts *testscript.TestScript, _ bool, args []string) {
	compiled, err := jsonschema.NewCompiler().Compile(filepath.Join(ts.Getenv("SCHEMAS"), args[1]))
	ts.Check(err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(compiled.Validate(value))
}

// asNobody runs dlv-async as a user with no rights, and wants exit code 1.
// Where the tests' user is not root it has none over process 1: PID is that.
func asNobody(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command(filepath.Join(bin(), "dlv-async"), args...)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = ts.Stdout(), io.MultiWriter(&stderr, ts.Stderr())
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		ts.Fatalf("%v; want exit code 1", err)
	}
	if strings.Count(stderr.String(), "\n") != 1 {
		ts.Fatalf("not one line on stderr")
	}
}

// redacted runs every view of a source with --redact, as text and as JSON, and
// wants the secret of the programs secrets and family.py in none:
// redacted TASK attach PID.
func redacted(ts *testscript.TestScript, _ bool, args []string) {
	task, source, flags := args[0], args[1:3], args[3:]
	for _, v := range views {
		args := append(slices.Clone(source), v.name)
		if v.ofTask {
			args = append(args, task)
		}
		if v.more != nil && len(flags) > 0 {
			continue // a picture is of one process
		}
		for _, output := range append([]string{"text", "json"}, slices.Collect(maps.Keys(v.more))...) {
			args := append(slices.Clone(args), "--redact", "--locals", "--full", "--system", "-o", output)
			ts.Check(ts.Exec("dlv-async", append(args, flags...)...))
			if strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), "hunter2") {
				ts.Fatalf("the secret is in the output of %v", args)
			}
		}
	}
}
