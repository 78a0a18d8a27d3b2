package testtarget

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	goversion "go/version"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Options say how a target is built. The zero Options are what `go build`
// does with the toolchain that runs the tests, without cgo.
type Options struct {
	Toolchain string // a Go release: go1.25.4; empty: the one that runs the tests
	NoOpt     bool   // -gcflags='all=-N -l': neither optimised nor inlined
	Race      bool   // -race, which needs cgo
	PIE       bool   // -buildmode=pie
	CGO       bool   // with cgo, which needs a C compiler
	Flags     []string
	Env       []string // further environment of the go command
}

// Name is a short name for the options: go1.25.4-noopt.
func (o Options) Name() string {
	words := []string{o.Toolchain}
	if o.Toolchain == "" {
		words[0] = local
	}
	for _, w := range []struct {
		on   bool
		name string
	}{{o.NoOpt, "noopt"}, {o.Race, "race"}, {o.PIE, "pie"}, {o.CGO, "cgo"}} {
		if w.on {
			words = append(words, w.name)
		}
	}
	return strings.Join(append(words, o.Flags...), "-")
}

// Build builds the program testdata/go/PROGRAM and returns the executable's
// path. One that was built before from the same sources with the same options
// is taken from the user's cache directory, where the executables of all
// packages' tests lie; those not used for two days are removed.
func Build(t testing.TB, program string, o Options) string {
	t.Helper()
	if o.Toolchain == "" {
		o.Toolchain = local
	}
	version := requireToolchain(t, o.Toolchain)
	if o.CGO || o.Race {
		if _, err := exec.LookPath("gcc"); err != nil {
			Skip(t, "cgo", "gcc is not on PATH", "install a C compiler")
		}
	}
	sources := filepath.Join(Root(t), "testdata", "go")
	args := o.buildArgs(sources, version)
	key, err := cacheKey(sources, program, version, args, o)
	if err != nil {
		t.Fatalf("building %s: %v", program, err)
	}
	cache := cacheDir(t)
	dir := filepath.Join(cache, key)
	unlock := lock(t, dir+".lock")
	defer unlock()

	exe := filepath.Join(dir, filepath.Base(program))
	if _, err := os.Stat(exe); err == nil {
		now := time.Now()
		_ = os.Chtimes(dir, now, now) // in use: not to be removed
		return exe
	}
	removeOld(cache)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("building %s: %v", program, err)
	}
	cmd := exec.Command("go", append(args, "-o", exe+".new", "./"+program)...)
	cmd.Dir = sources
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+o.Toolchain, "GOWORK=off", "GOFLAGS=", "CGO_ENABLED="+zeroOne(o.CGO || o.Race))
	cmd.Env = append(cmd.Env, o.Env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s (%s): %v\n%s", program, o.Name(), err, out)
	}
	if err := os.Rename(exe+".new", exe); err != nil {
		t.Fatalf("building %s: %v", program, err)
	}
	return exe
}

// buildArgs returns the go command's arguments but for output and package.
func (o Options) buildArgs(sources, version string) []string {
	args := []string{"build"}
	if goversion.Compare(version, "go1.25") < 0 {
		args = append(args, "-modfile="+filepath.Join(sources, "go1.22.mod"))
	}
	if o.NoOpt {
		args = append(args, "-gcflags=all=-N -l")
	}
	if o.Race {
		args = append(args, "-race")
	}
	if o.PIE {
		args = append(args, "-buildmode=pie")
	}
	return append(args, o.Flags...)
}

// cacheKey names a build by everything that goes into it. The sources'
// directory does too: debug information holds it.
func cacheKey(sources, program, version string, args []string, o Options) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, sources, program, version, o.Name(), args, o.Env)
	for _, part := range []string{program, "ready", "go.mod", "go.sum", "go1.22.mod", "go1.22.sum"} {
		err := filepath.WalkDir(filepath.Join(sources, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			fmt.Fprintf(h, "%s %d\n%s", path, len(content), content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return strings.ReplaceAll(program, "/", "-") + "-" + hex.EncodeToString(h.Sum(nil))[:16], nil
}

func cacheDir(t testing.TB) string {
	t.Helper()
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	dir := filepath.Join(base, "dlv-async-testtargets")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("cannot make a directory for the tests' targets: %v", err)
	}
	return dir
}

// removeOld removes builds that no test has used for two days.
func removeOld(cache string) {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 48*time.Hour {
			_ = os.RemoveAll(filepath.Join(cache, e.Name()))
		}
	}
}

// lock holds off other test processes from the same build.
func lock(t testing.TB, path string) (unlock func()) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatalf("cannot lock a build: %v", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		t.Fatalf("cannot lock a build: %v", err)
	}
	return func() { _ = f.Close() }
}

// Root returns the directory of this module, which holds testdata.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory")
		}
	}
}

func zeroOne(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
