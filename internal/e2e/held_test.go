package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A process that another debugger holds is read as it stands there, and it is
// said who holds it.
func TestHeldByGDB(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"chans", "errgroup"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, program, testtarget.Options{}))
			free := attach(t, tg)
			letGo := hold(t, "HELD", "gdb", "-nx", "-q", "-p", strconv.Itoa(tg.PID), "-ex", `printf "HELD\n"`)
			held := attach(t, tg)
			letGo()
			requireNote(t, held, "source", "held by gdb")
			compareMoments(t, free, held)
			if !tg.Alive(t) {
				t.Error("the target is gone")
			}
		})
	}
}

// What a program does that runs when gdb stops it is known too: on which thread
// it runs, and where.
func TestHeldByGDBWhileItRuns(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "busy", testtarget.Options{}))
	letGo := hold(t, "HELD", "gdb", "-nx", "-q", "-p", strconv.Itoa(tg.PID), "-ex", `printf "HELD\n"`)
	checkBusy(t, attach(t, tg), false)
	letGo()
	if !tg.Alive(t) {
		t.Error("the target is gone")
	}
}

// A process that runs under a tracer is read while it runs, and may be torn.
func TestHeldByStrace(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	free := attach(t, tg)
	letGo := hold(t, "attached", "strace", "-f", "-e", "trace=none", "-p", strconv.Itoa(tg.PID))
	held := attach(t, tg)
	letGo()
	requireNote(t, held, "torn", "traced by strace")
	compareMoments(t, free, held)
	if !tg.Alive(t) {
		t.Error("the target is gone")
	}
}

// hold starts a tracer, waits until it says so, and returns what ends it.
func hold(t *testing.T, said, tracer string, args ...string) (letGo func()) {
	t.Helper()
	if _, err := exec.LookPath(tracer); err != nil {
		testtarget.Skip(t, tracer, "it is not on PATH", "install "+tracer)
	}
	cmd := exec.Command(tracer, args...)
	stdin, err := cmd.StdinPipe() // gdb ends with it
	if err != nil {
		t.Fatal(err)
	}
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	heard := ""
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), said) {
		heard += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "ptrace") {
			_ = cmd.Process.Kill()
			testtarget.Skip(t, tracer, lines.Text(), "allow ptrace of one's own processes")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	ended := false
	letGo = func() {
		if ended {
			return
		}
		ended = true
		_ = stdin.Close()
		if tracer != "gdb" {
			_ = cmd.Process.Signal(os.Interrupt)
		}
		_ = cmd.Wait()
		_ = in.Close()
	}
	t.Cleanup(letGo)
	return letGo
}

func requireNote(t *testing.T, s *graph.Snapshot, code, part string) {
	t.Helper()
	if !slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == code && strings.Contains(p.Message, part) }) {
		var all []string
		for _, p := range s.Problems {
			all = append(all, fmt.Sprintf("%s: %s", p.Code, p.Message))
		}
		t.Errorf("no problem %s says %q; there are\n%s", code, part, strings.Join(all, "\n"))
	}
}

// compareMoments compares what two snapshots of one program that stands still
// say, but for what they say of themselves.
func compareMoments(t *testing.T, a, b *graph.Snapshot) {
	t.Helper()
	plain := func(s *graph.Snapshot) []string {
		all, err := sameMoment(toJSON(t, s))
		if err != nil {
			t.Fatal(err)
		}
		again, err := graph.ReadJSON(bytes.NewReader(all))
		if err != nil {
			t.Fatal(err)
		}
		again.Problems = slices.DeleteFunc(again.Problems, func(p *graph.Problem) bool { return p.Code == "source" || p.Code == "torn" })
		return lines(toJSON(t, again))
	}
	if diff := cmp.Diff(plain(a), plain(b)); diff != "" {
		t.Errorf("they differ:\n%s", diff)
	}
}
