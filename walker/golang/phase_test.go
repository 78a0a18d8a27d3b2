package golang

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// The functions of the standard library that phases go by are those that it has.
func TestPhasesAreOfFunctionsThatExist(t *testing.T) {
	t.Parallel()
	earlier := map[string]bool{"testing.(*testContext).waitParallel": true} // until Go 1.23
	releases := []string{""}
	if testtarget.Full() {
		releases = append(releases, "go1.22.12")
	}
	var programs [][]byte
	for _, release := range releases {
		for _, program := range []string{"http", "database", "tests"} {
			exe, err := os.ReadFile(testtarget.Build(t, program, testtarget.Options{Toolchain: release}))
			if err != nil {
				t.Fatal(err)
			}
			programs = append(programs, exe)
		}
	}
	names := []string{transferBody}
	for name := range phases {
		names = append(names, name)
	}
	for name := range loops {
		names = append(names, name)
	}
	for _, name := range names {
		if strings.HasPrefix(name, "google.golang.org/") || strings.HasPrefix(name, "github.com/") || earlier[name] && !testtarget.Full() {
			continue // tests of their own see those of libraries
		}
		if !inAny(programs, name) {
			t.Errorf("no program has the function %s", name)
		}
	}
}

// What a handler waits for is not what its server does between requests, though no
// code of the program's own stands between the two.
func TestPhasesEndWhereAHandlerBegins(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want  string
		calls []string // of libraries, where the path has a dot; the others are the standard library's
	}{
		{"", []string{"net.(*conn).Read", "example.com/db.(*Conn).query", "net/http.serverHandler.ServeHTTP", "net/http.(*conn).serve"}},
		{"http server: waiting for a request", []string{"net.(*conn).Read", "net/http.(*connReader).Read", "net/http.(*conn).serve"}},
		{"http client: waiting for the response", []string{"net/http.(*persistConn).roundTrip", "example.com/proxy.(*Proxy).ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.(*conn).serve"}},
		{"", []string{"net.(*conn).Read", "example.com/db.(*Conn).query", "example.com/web.(*App).handler", "github.com/valyala/fasthttp.(*Server).serveConn"}},
		{"", []string{"net.(*conn).Read", "example.com/db.(*Conn).query", "github.com/valyala/fasthttp.CompressHandler.func1", "github.com/valyala/fasthttp.(*Server).serveConn"}},
		{"fasthttp server: waiting for a request", []string{"net.(*conn).Read", "bufio.(*Reader).Peek", "github.com/valyala/fasthttp.(*Server).serveConn"}},
	} {
		var frames []*graph.Frame
		for _, fn := range test.calls {
			f := &graph.Frame{Func: fn, Module: packageOf(fn), Origin: graph.OriginStdlib}
			if strings.Contains(f.Module, ".") {
				f.Origin = graph.OriginLibrary
			}
			frames = append(frames, f)
		}
		if got := phaseOf(frames, graph.WaitNetwork); got != test.want {
			t.Errorf("%q: %q, want %q", test.calls, got, test.want)
		}
	}
}

// inAny tells whether one of some executables names a function, under any of the
// names that it has.
func inAny(programs [][]byte, name string) bool {
	names := []string{name}
	if rest, ok := strings.CutPrefix(name, "http2.(*"); ok {
		names = []string{"net/http.(*http2" + rest, "net/http/internal/http2.(*" + rest}
	} else if rest, ok := strings.CutPrefix(name, "http2."); ok {
		names = []string{"net/http.http2" + rest, "net/http/internal/http2." + rest}
	}
	for _, exe := range programs {
		for _, n := range names {
			if bytes.Contains(exe, []byte(n+"\x00")) {
				return true
			}
		}
	}
	return false
}
