package e2e

import (
	"bufio"
	"net"
	"strings"
	"testing"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// An editor debugs a program in a headless Delve, which stops at a breakpoint:
// who connects sees where, and the editor notices nothing.
func TestConnectBesideAnEditor(t *testing.T) {
	t.Parallel()
	d := testtarget.StartDelve(t, "exec", testtarget.Build(t, "errgroup", testtarget.Options{}))
	e := dialEditor(t, d.Addr)
	e.ask("initialize", &dap.InitializeRequest{Arguments: dap.InitializeRequestArguments{AdapterID: "go", PathFormat: "path", LinesStartAt1: true, ColumnsStartAt1: true}})
	e.ask("attach", &dap.AttachRequest{Arguments: []byte(`{"mode": "remote"}`)})
	e.ask("setFunctionBreakpoints", &dap.SetFunctionBreakpointsRequest{Arguments: dap.SetFunctionBreakpointsArguments{
		Breakpoints: []dap.FunctionBreakpoint{{Name: "main.parent3"}},
	}})
	e.ask("configurationDone", &dap.ConfigurationDoneRequest{})
	stopped := e.stopped()
	for _, remote := range []bool{false, true} {
		s, goroutine, err := snapshot.Connect(t.Context(), d.Addr, dlvext.ConnectOptions{Remote: remote}, snapshot.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if int(goroutine) != stopped.Body.ThreadId {
			t.Errorf("goroutine %d is current, and the editor was told %d", goroutine, stopped.Body.ThreadId)
		}
		var functions []string
		for _, f := range withFunction(t, s, "main.parent3", 1)[0].Frames {
			functions = append(functions, f.Func)
		}
		if got := strings.Join(functions, " "); !strings.HasPrefix(got, "main.parent3 main.parent2 main.parent1") {
			t.Errorf("at the breakpoint it stands in %s", got)
		}
	}
	answer := e.ask("stackTrace", &dap.StackTraceRequest{Arguments: dap.StackTraceArguments{ThreadId: stopped.Body.ThreadId}})
	if top := answer.(*dap.StackTraceResponse).Body.StackFrames[0].Name; top != "main.parent3" {
		t.Errorf("the editor sees %s", top)
	}
	e.ask("next", &dap.NextRequest{Arguments: dap.NextArguments{ThreadId: stopped.Body.ThreadId}})
}

// editor is a client of the debug adapter protocol.
type editor struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	seq  int
	stop *dap.StoppedEvent // that came while an answer was waited for
}

func dialEditor(t *testing.T, addr string) *editor {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &editor{t: t, conn: conn, in: bufio.NewReader(conn)}
}

// ask sends a request and waits for its response.
func (e *editor) ask(command string, request dap.RequestMessage) dap.Message {
	e.t.Helper()
	e.seq++
	r := request.GetRequest()
	r.Seq, r.Type, r.Command = e.seq, "request", command
	if err := dap.WriteProtocolMessage(e.conn, request); err != nil {
		e.t.Fatal(err)
	}
	for {
		m := e.read()
		if answer, ok := m.(dap.ResponseMessage); ok && answer.GetResponse().RequestSeq == e.seq {
			if !answer.GetResponse().Success {
				e.t.Fatalf("%s fails: %s", command, answer.GetResponse().Message)
			}
			return m
		}
	}
}

func (e *editor) read() dap.Message {
	e.t.Helper()
	m, err := dap.ReadProtocolMessage(e.in)
	if err != nil {
		e.t.Fatal(err)
	}
	if stop, ok := m.(*dap.StoppedEvent); ok {
		e.stop = stop
	}
	return m
}

// stopped waits until the program stands.
func (e *editor) stopped() *dap.StoppedEvent {
	e.t.Helper()
	for e.stop == nil {
		e.read()
	}
	return e.stop
}
