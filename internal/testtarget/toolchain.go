package testtarget

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Toolchains are the Go releases that must be read right, one a minor
// version. Full tests run on all of them.
var Toolchains = []string{"go1.25.4", "go1.26.8", "go1.27.1"}

// Older are releases that Go's makers support no more, and programs still are
// built with. Full tests run on them too, but for what they do not have.
var Older = []string{"go1.22.12", "go1.23.12", "go1.24.13"}

// Releases are the toolchains that a test builds its target with, the one at hand
// first, which is empty; in full tests the older ones too.
func Releases() []string {
	all := append([]string{""}, Toolchains...)
	if Full() {
		all = append(all, Older...)
	}
	return all
}

// Full reports whether DLV_ASYNC_FULL asks for the whole matrix of
// toolchains and build flags, and not just for the part that is quick.
func Full() bool { return os.Getenv("DLV_ASYNC_FULL") != "" }

// local is GOTOOLCHAIN's word for the toolchain that runs the tests.
const local = "local"

var versions sync.Map // toolchain to the func() (string, error) that asks it

// version asks a toolchain for its version, once. A release that is not on
// this machine yet is downloaded by the go command.
func version(toolchain string) (string, error) {
	ask := func() (string, error) {
		cmd := exec.Command("go", "env", "GOVERSION")
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain)
		cmd.Dir = os.TempDir() // no go.mod may ask for another
		out, err := cmd.Output()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%s", firstLine(exit.Stderr))
		}
		return strings.TrimSpace(string(out)), err
	}
	once, _ := versions.LoadOrStore(toolchain, sync.OnceValues(ask))
	return once.(func() (string, error))()
}

// requireToolchain skips the test when the toolchain cannot be had, and
// returns the toolchain's version.
func requireToolchain(t testing.TB, toolchain string) string {
	t.Helper()
	v, err := version(toolchain)
	if err != nil {
		Skip(t, toolchain, err.Error(), "allow the go command to download it, or install it with `go install golang.org/dl/"+toolchain+"@latest`")
	}
	return v
}

func firstLine(b []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	return line
}
