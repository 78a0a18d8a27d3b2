package golang

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
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
		if strings.HasPrefix(name, "google.golang.org/") || earlier[name] && !testtarget.Full() {
			continue // its own tests see those of gRPC
		}
		if !inAny(programs, name) {
			t.Errorf("no program has the function %s", name)
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
