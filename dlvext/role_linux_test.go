package dlvext

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Some tests need processes that they can kill, stop and watch. They are this
// very test program, in a role that the environment names.
const roleEnv = "DLVEXT_TEST_ROLE"

var roles = map[string]func(args []string){
	"target": beTarget,
	"tracer": beTracer,
	"open":   beReader,
	"churn":  beChurn,
	"orphan": beOrphan,
	"guard":  beGuarded,
	"ruled":  beRuled,
	"roomy":  beRoomy,
}

func init() {
	if words := strings.Fields(os.Getenv(roleEnv)); len(words) > 0 {
		roles[words[0]](words[1:])
		os.Exit(0)
	}
}

// role is a process started from this test program.
type role struct {
	t      testing.TB
	cmd    *exec.Cmd
	pid    int
	stdin  io.WriteCloser
	lines  *bufio.Reader
	stderr *strings.Builder
}

// startRole starts a process in a role and waits for the line it begins with.
func startRole(t testing.TB, first, name string, args ...any) *role {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^$")
	cmd.Env = append(os.Environ(), roleEnv+"="+name+" "+strings.TrimSpace(fmt.Sprintln(args...)))
	r := &role{t: t, cmd: cmd, stderr: &strings.Builder{}}
	cmd.Stderr = r.stderr
	var err error
	if r.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.lines = bufio.NewReader(stdout)
	// A group of its own, so that what is sent to it is sent to it alone.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// What this process ignores, as nohup and a shell's & have it do, the other would ignore
	// too; what it handles it would not.
	handled := make(chan os.Signal, 1)
	signal.Notify(handled, unix.SIGINT, unix.SIGHUP, unix.SIGTERM, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU)
	err = cmd.Start()
	signal.Stop(handled)
	if err != nil {
		t.Fatal(err)
	}
	r.pid = cmd.Process.Pid
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if got := r.line(); got != first {
		t.Fatalf("the %s said %q\n%s", name, got, r.stderr)
	}
	return r
}

// line reads a line of the process's output: empty when it has ended.
func (r *role) line() string {
	r.t.Helper()
	line, err := r.lines.ReadString('\n')
	if err != nil && err != io.EOF {
		r.t.Fatal(err)
	}
	return strings.TrimSuffix(line, "\n")
}

// say sends the process a line.
func (r *role) say(line string) {
	r.t.Helper()
	if _, err := fmt.Fprintln(r.stdin, line); err != nil {
		r.t.Fatal(err)
	}
}

// ended waits for the process's end and returns what it was.
func (r *role) ended() syscall.WaitStatus {
	r.t.Helper()
	// What it has yet to say is read first: Wait closes the pipe.
	if rest, err := io.ReadAll(r.lines); err != nil {
		r.t.Fatal(err, rest)
	}
	r.cmd.Wait()
	return r.cmd.ProcessState.Sys().(syscall.WaitStatus)
}

// beTarget answers each line with the same line, and SIGUSR1 with its name;
// at the line "exec" it becomes another program, which does the same.
func beTarget([]string) {
	// Where only ancestors may trace (Yama), let others too.
	unix.Prctl(unix.PR_SET_PTRACER, ^uintptr(0), 0, 0, 0)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGUSR1)
	go func() {
		for range signals {
			fmt.Println("SIGUSR1")
		}
	}()
	fmt.Println("READY")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "exec" {
			syscall.Exec("/proc/self/exe", os.Args, os.Environ())
		}
		fmt.Println(lines.Text())
	}
}

// beChurn is a target whose threads come and go: a goroutine that ends while
// it is locked to its thread takes that along.
func beChurn([]string) {
	for range 4 {
		go func() {
			for {
				done := make(chan bool)
				go func() {
					runtime.LockOSThread()
					close(done)
				}()
				<-done
			}
		}()
	}
	beTarget(nil)
}

// beOrphan is a target whose first thread has ended, as C programs' may.
func beOrphan([]string) {
	go beTarget(nil)
	unix.Syscall(unix.SYS_EXIT, 0, 0, 0) // of the thread: initialization runs on the first
}

// runs asks the target for a sign of life.
func (r *role) runs() {
	r.t.Helper()
	r.say("ping")
	if got := r.line(); got != "ping" {
		r.t.Fatalf("the target said %q", got)
	}
}

// beTracer captures a process and behaves as told while it stands still. Its
// arguments: the pid, the longest stop, what to do.
func beTracer(args []string) {
	pid, _ := strconv.Atoi(args[0])
	maxStop, _ := time.ParseDuration(args[1])
	p, err := OpenProcess(pid)
	if err != nil {
		fmt.Println(err)
		return
	}
	if args[2] == "survive" { // a SIGCONT shall do
		killAfter = 10 * time.Minute
	}
	stdin := bufio.NewReader(os.Stdin)
	_, err = p.Capture(context.Background(), CaptureOptions{MaxStop: maxStop}, func(context.Context, *Image) error {
		fmt.Println("STOPPED")
		switch args[2] {
		case "panic":
			panic("on purpose")
		case "panic-elsewhere":
			go func() { panic("on purpose") }()
		}
		stdin.ReadString('\n') // whatever its context says
		return nil
	})
	fmt.Println("RELEASED", err)
	stdin.ReadString('\n')
}

// beReader opens a process and prints the error.
func beReader(args []string) {
	pid, _ := strconv.Atoi(args[0])
	_, err := OpenProcess(pid)
	fmt.Println(err)
}
