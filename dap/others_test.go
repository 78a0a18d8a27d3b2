package dap_test

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// nobody is a user who has nothing and may do nothing.
const nobody = 65534

// as has a command run as another user.
func as(t *testing.T, uid uint32, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		testtarget.Skip(t, "root", "only root can become another user", "run the tests as root")
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return cmd
}

// Other users of the machine may knock: they are not served, and the user's
// own editor is waited for.
func TestOtherUsersAreNotServed(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--accept-multiclient=false", "--accept-multiclient"} {
		s := listening(t, flag)
		host, port, err := net.SplitHostPort(s.addr)
		if err != nil {
			t.Fatal(err)
		}
		knock := as(t, nobody, exec.Command("bash", "-c", `exec 3<>/dev/tcp/$0/$1; read -r line <&3; echo "told: $line"`, host, port))
		knock.Dir = "/"
		if out, _ := knock.CombinedOutput(); strings.TrimSpace(string(out)) != "told:" {
			t.Errorf("with %s another user is told %q", flag, out)
		}
		c := s.connect(t)
		c.initialize()
		if flag == "--accept-multiclient" {
			_ = s.adapter.Process.Signal(syscall.SIGTERM)
			c.gone()
			continue
		}
		c.disconnect(nil)
	}
}

// With Delve's filters of goroutines its own list is shown, and our settings
// can be turned off while the program stands.
func TestDelvesOwnLists(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	c := overStdio(t)
	c.begin("attach", map[string]any{"processId": tg.PID, "stopOnEntry": true, "goroutineFilters": "-with userloc main.child2"})
	c.stoppedOnEntry()
	threads := c.threads()
	for _, th := range threads {
		if !strings.Contains(th.Name, "main.child2") && !strings.HasPrefix(th.Name, "* ") || !strings.Contains(th.Name, "[Go ") {
			t.Errorf("a thread is called %q", th.Name)
		}
	}
	child := c.thread("main.child2")
	if got := strings.Join(names(c.stack(child.Id, 0, 0)), " "); !strings.Contains(got, "[in] main.parent2") {
		t.Errorf("the logical stack is %s", got)
	}
	call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": "async config stacks false", "context": "repl"})
	if got := strings.Join(names(c.stack(child.Id, 0, 0)), " "); got != "main.child2 main.child1 errgroup.(*Group).Go.func1" {
		t.Errorf("with our stacks turned off it is %s", got)
	}
	c.disconnect(nil)
	if !tg.Alive(t) {
		t.Error("afterwards it does not answer")
	}
}
