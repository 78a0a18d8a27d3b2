package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

const delvesPrompt = "\n(dlv) "

// atDelvesPrompt types lines at Delve's prompt, with a configuration of its
// own, and returns what the terminal got.
func atDelvesPrompt(t *testing.T, env, lines []string, args ...string) string {
	t.Helper()
	return atDelvesPromptIn(t, "", env, lines, args...)
}

func atDelvesPromptIn(t *testing.T, dir string, env, lines []string, args ...string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "dlv"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := "aliases:\n  continue: [\"onwards\"]\n"
	if err := os.WriteFile(filepath.Join(home, "dlv", "config.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		lines[i] += "\r"
	}
	env = append([]string{"TERM=dumb", "NO_COLOR=1", "XDG_CONFIG_HOME=" + home}, env...)
	return atPrompt(t, dir, delvesPrompt, env, lines, args...)
}

// inOrder looks for strings, each behind the one before.
func inOrder(t *testing.T, out string, wants ...string) {
	t.Helper()
	rest := out
	for _, want := range wants {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q is not where it should be in\n%s", want, out)
		}
		rest = after
	}
}

// goroutineIn is the number of a goroutine with a function on its stack.
func goroutineIn(t *testing.T, pid int, function string) string {
	t.Helper()
	out, _, code := runCommand(t, "attach", strconv.Itoa(pid), "-o", "json", "--func", "^"+regexp.QuoteMeta(function)+"$")
	if code != 0 {
		t.Fatalf("attach exits with %d\n%s", code, out)
	}
	s, err := graph.ReadJSON(strings.NewReader(out))
	if err != nil || len(s.Tasks) == 0 {
		t.Fatalf("no goroutine in %s: %v", function, err)
	}
	return strings.TrimPrefix(string(s.Tasks[0].ID), "go:")
}

func TestDelvesPromptOverAProcess(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "errgroup", testtarget.Options{})
	target := testtarget.Start(t, exe)
	leaf := goroutineIn(t, target.PID, "main.leaf")
	out := atDelvesPrompt(t, nil, []string{
		"help async", "help", "async",
		"goroutine " + leaf, "async where",
		"async stack", "frame 6", "async frame 6", "print &g",
		"async where current -o json", "async why " + leaf, "async problems",
		"async pictures", "async tree --nope", "async where 'a", "async frame 99", "async refresh",
		"goroutines", "exit -d",
	}, "attach", "-i", strconv.Itoa(target.PID))
	inOrder(t, out,
		"async [view] [task] [flags]",
		"goroutines (alias: grs)", "async -", "who waits for whom",
		"errgroup · pid", "errgroup.Group 0x",
		"Switched from", "to "+leaf,
		"go:"+leaf+"  chan receive", "main.leaf", "in errgroup.Group", "main.middle", "main.outer",
		"main.leaf", "main.middle", fmt.Sprintf("frame %d", 6),
		"`async frame 6` goes there",
		"Switched from "+leaf, "Frame 6: ", "errgroup/main.go:60",
		`errgroup.Group")(0x`,
		`"relation"`,
		"hangs on",
		"(dlv) async problems", "errgroup · pid",
		`async: "pictures" is no view`, "async: unknown flag: --nope", "has no end", "no frame 99", "nothing to refresh",
		" goroutines]",
	)
	if !target.Alive(t) {
		t.Error("the process does not go on")
	}
}

// Of a Python async shows the tasks, and Delve's own commands the interpreter.
func TestDelvesPromptOverAPython(t *testing.T) {
	t.Parallel()
	target := testtarget.StartPython(t, testtarget.Pythons(t)[1], "gathers.py")
	out := atDelvesPrompt(t, nil, []string{"async tree", "async where", "async stack", "async tasks --columns id", "stack 2", "exit -d"}, "attach", "-i", strconv.Itoa(target.PID))
	inOrder(t, out,
		fmt.Sprintf("Process %d is cpython 3", target.PID), "and no Go: async shows its tasks; Delve's own commands see the C code of it.",
		"(dlv) async tree", "gather of", "(dlv) async where", "async: Delve has no current task here", "(dlv) async stack", "async: Delve has no current task here",
		"(dlv) async tasks", "py:", "(dlv) stack 2", "0x0000",
	)
	if !target.Alive(t) {
		t.Error("the process does not go on")
	}
}

// The heap is looked through when somebody asks for it, here and over another
// process's Delve.
func TestDelvesPromptLooksThroughTheHeap(t *testing.T) {
	t.Parallel()
	target := testtarget.Start(t, testtarget.Build(t, "leaks", testtarget.Options{}))
	out := atDelvesPrompt(t, nil, []string{"async problems", "async problems --heap", "exit -d"}, "attach", "-i", strconv.Itoa(target.PID))
	inOrder(t, out, "whether goroutines leaked was not looked into", "async --heap does", "(dlv) async problems --heap", "leak: 2 goroutines that began in main.leak can never be woken")
	d := testtarget.StartDelve(t, "attach", strconv.Itoa(target.PID))
	out = atDelvesPrompt(t, nil, []string{"async problems", "async problems --heap", "exit\rn"}, "connect", "-i", d.Addr)
	inOrder(t, out, "whether goroutines leaked was not looked into", "(dlv) async problems --heap", "leak: 2 goroutines that began in main.leak can never be woken")
}

func TestDelvesPromptCompletes(t *testing.T) {
	t.Parallel()
	target := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	leaf := goroutineIn(t, target.PID, "main.leaf")
	out := atDelvesPrompt(t, []string{"TERM=xterm"}, []string{
		"asy\t prob\t", "async whe\tgo:" + leaf + "\t", "async tree --limi\t1", "conti\t\x03", "exit -d",
	}, "attach", "-i", strconv.Itoa(target.PID))
	inOrder(t, out, "errgroup · pid", "main.leaf", "main.middle", "more task")
}

func TestDelvesPromptOverAProgram(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "moves", testtarget.Options{})
	dir := t.TempDir()
	init := filepath.Join(dir, "init")
	script := filepath.Join(dir, "two.star")
	write(t, init, "break main.main\nasync\n")
	write(t, script, "def command_two(args):\n\t\"twice\"\n\tdlv_command('async tasks --columns id')\n\tprint('TWO', args)\n")
	out := atDelvesPrompt(t, nil, []string{
		"source " + script, "onwards", "async where", "two three", "next", "async diff", "on 1 async problems", "restart", "onwards",
		"clearall", "continue", "async where", "quit",
	}, "exec", exe, "--init", init, "-r", "stdin:/dev/null", "-r", "stdout:"+filepath.Join(dir, "out"), "--", "one")
	inOrder(t, out,
		"Breakpoint 1 set", "has not started yet",
		"main.main()", "go:1", "running", "main.main", "main.go:",
		"go:1", "TWO three",
		"(dlv) async diff",
		"Process restarted", "main.main()", "problems found",
		"has exited with status 0",
		"(dlv) async where", "has exited",
	)
}

func TestDelvesPromptOverACore(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "mutexes", testtarget.Options{})
	target := testtarget.Start(t, exe)
	core := target.GCore(t)
	out := atDelvesPrompt(t, nil, []string{"async problems", "goroutine 1", "async where --locals", "async where", "exit"}, "core", "-i", exe, core)
	inOrder(t, out, "core of mutexes", "Switched from", "go:1", "main.main", " = ", "(dlv) async where", "main.main")
}

// The prompt of a headless Delve, which other clients use too.
func TestDelvesPromptOverAnotherDelve(t *testing.T) {
	t.Parallel()
	target := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	leaf := goroutineIn(t, target.PID, "main.leaf")
	d := testtarget.StartDelve(t, "attach", strconv.Itoa(target.PID))
	out := atDelvesPrompt(t, nil, []string{"async tree", "goroutine " + leaf, "async where", "async stack", "async frame 6", "async frame 5", "async diff", "exit\rn"}, "connect", "-i", d.Addr)
	inOrder(t, out, "errgroup.Group 0x", "Switched from", "go:"+leaf, "main.middle", "main.outer", "main.leaf", "Frame 6: ", "(dlv) async frame 5", "async: there is no stop before this one")
	if _, _, code := runCommand(t, "connect", d.Addr, "tree"); code != 0 {
		t.Error("the session is over")
	}
}

// What the prompt shows of a stopped process is what attach shows.
func TestDelvesPromptSeesTheSame(t *testing.T) {
	t.Parallel()
	target := testtarget.Start(t, testtarget.Build(t, "mutexes", testtarget.Options{}))
	want, _, _ := runCommand(t, "attach", strconv.Itoa(target.PID), "-o", "json")
	file := filepath.Join(t.TempDir(), "transcript")
	atDelvesPrompt(t, nil, []string{"transcript -t -x " + file, "async -o json", "transcript -off", "exit -d"}, "attach", "-i", strconv.Itoa(target.PID))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(text), "async -o json\n")
	got, _, _ = strings.Cut(got, "(dlv)")
	if a, b := accounts(t, want), accounts(t, got); a != b {
		t.Errorf("attach says\n%s\nand the prompt\n%s", a, b)
	}
}

// accounts is what a snapshot says of the program's own tasks, a line each.
func accounts(t *testing.T, json string) string {
	t.Helper()
	s, err := graph.ReadJSON(strings.NewReader(json))
	if err != nil {
		t.Fatalf("%v\n%.200s", err, json)
	}
	var b strings.Builder
	for _, task := range s.Tasks {
		if task.System {
			continue
		}
		fmt.Fprint(&b, task.ID, " ", task.State)
		for _, w := range task.Waits {
			fmt.Fprint(&b, " ", w.Kind)
		}
		for _, f := range task.Frames {
			fmt.Fprintf(&b, " %s:%d", f.Func, f.Line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Building what is debugged compiles the standard library anew, for Delve.
func TestDelvesPromptBuilds(t *testing.T) {
	if !testtarget.Full() {
		t.Skip("set DLV_ASYNC_FULL=1: it builds the standard library without optimisation")
	}
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/built\n\ngo 1.22\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport \"os\"\n\nfunc main() { println(len(os.Args), tagged) }\n")
	write(t, filepath.Join(dir, "tagged.go"), "//go:build special\n\npackage main\n\nconst tagged = true\n")
	write(t, filepath.Join(dir, "main_test.go"), "package main\n\nimport \"testing\"\n\nfunc TestThis(t *testing.T) {}\n")
	for _, c := range []struct{ args, lines, want []string }{
		{[]string{"debug", "--build-flags=-tags=special", "--", "one"}, []string{"break main.main", "continue", "async where", "continue", "quit"}, []string{"Breakpoint 1", "main.main", "2 true", "exited with status 0"}},
		{[]string{"test", "-i", "--build-flags=-tags=special", "--", "-test.run", "This", "-test.v"}, []string{"break TestThis", "continue", "async where", "continue", "quit"}, []string{"Breakpoint 1", "built.TestThis", "awaited by go:1", "PASS: TestThis"}},
	} {
		inOrder(t, atDelvesPromptIn(t, dir, nil, c.lines, c.args...), c.want...)
	}
	cmd := exec.Command(filepath.Join(bin(), "dlv-async"), "debug", "--allow-non-terminal-interactive")
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput()
	inOrder(t, string(out), "undefined: tagged", "dlv-async: cannot build")
	if left, _ := filepath.Glob(filepath.Join(dir, "*debug*")); len(left) > 0 {
		t.Errorf("it leaves %v behind", left)
	}
}

func TestDelvesPromptIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"attach", "-i", "1"}, 1, "is not a terminal"},
		{[]string{"attach", "-i", "1", "/bin/true", "tree"}, 2, "async tree"},
		{[]string{"attach", "1", "--init", "x"}, 2, "--init is for Delve's prompt: -i"},
		{[]string{"core", "-i", "/nowhere/core"}, 2, "needs the executable"},
		{[]string{"exec"}, 2, "needs a program"},
		{[]string{"debug", "--headless"}, 2, "dlv-async connect"},
		{[]string{"attach", "1", "--accept-multiclient"}, 2, "dlv attach --headless --accept-multiclient"},
		{[]string{"exec", "a", "b"}, 2, "behind --"},
		{[]string{"exec", "--allow-non-terminal-interactive", "/nowhere/at/all"}, 1, "/nowhere/at/all"},
		{[]string{"exec", "--allow-non-terminal-interactive", "-r", "a", "-r", "b", "/bin/true"}, 1, "stdin is redirected twice"},
	} {
		_, stderr, code := runCommand(t, c.args...)
		if code != c.code || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q exits with %d and says %q; want %d and %q", c.args, code, stderr, c.code, c.want)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runCommand runs dlv-async outside of any terminal.
func runCommand(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, complaints strings.Builder
	cmd := exec.Command(filepath.Join(bin(), "dlv-async"), args...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), complaints.String(), cmd.ProcessState.ExitCode()
}

// A prompt that is ended by a signal, or whose terminal is closed, lets go of
// what it was attached to, with no breakpoint left in it.
func TestDelvesPromptIsTerminated(t *testing.T) {
	t.Parallel()
	t.Run("by a signal", func(t *testing.T) { terminate(t, true) })
	t.Run("by its terminal", func(t *testing.T) { terminate(t, false) })
}

func terminate(t *testing.T, bySignal bool) {
	t.Parallel()
	target := testtarget.Start(t, testtarget.Build(t, "moves", testtarget.Options{}))
	user, program := openTerminal(t)
	cmd := exec.Command(filepath.Join(bin(), "dlv-async"), "attach", "-i", strconv.Itoa(target.PID))
	cmd.Env = append(os.Environ(), "TERM=dumb", "XDG_CONFIG_HOME="+t.TempDir())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	var out strings.Builder
	for buf, step := make([]byte, 4096), 1; ; {
		n, err := user.Read(buf)
		out.Write(buf[:n])
		if err != nil { // the program has closed its side
			break
		}
		if strings.Count(out.String(), delvesPrompt) < step {
			continue
		}
		if step++; step == 2 {
			fmt.Fprint(user, "break main.comer\r")
		} else if bySignal {
			_ = cmd.Process.Signal(syscall.SIGTERM)
		} else {
			_ = user.Close()
		}
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 1 || !strings.Contains(out.String(), "Breakpoint 1 set") || bySignal && !strings.Contains(out.String(), "dlv-async: interrupted") {
		t.Errorf("%v, and it says\n%s", err, out.String())
	}
	if answer := target.Command(t, "step"); answer != "moved" { // it calls main.comer
		t.Errorf("the process does not go on: it answers %q", answer)
	}
}
