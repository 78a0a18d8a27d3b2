package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// executable returns the program to start as the sample service: this one,
// or, when it was linked without debug information as go run and go test do,
// one built from the same source and kept in the user's cache directory.
// Where none can be built this one has to do.
func executable(ctx context.Context, note func(string)) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if hasDebugInfo(self) {
		return self, nil
	}
	built, err := builtAnew(ctx, self, note)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		note(fmt.Sprintf("this program has no debug information, and one that has cannot be built (%v): some of what follows is missing", err))
		return self, nil
	}
	return built, nil
}

// builtAnew returns this program with debug information: from the cache, or
// built now. What is in the cache goes by the content of this program.
func builtAnew(ctx context.Context, self string, note func(string)) (string, error) {
	key, err := contentKey(self)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "dlv-async", "demo")
	built := filepath.Join(dir, key, "dlv-async")
	if hasDebugInfo(built) {
		return built, nil
	}
	note("this program was linked without debug information (go run does so): building it once more, with it")
	removeOld(dir)
	return built, build(ctx, built)
}

func hasDebugInfo(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return f.Section(".symtab") != nil && (f.Section(".debug_info") != nil || f.Section(".zdebug_info") != nil)
}

// contentKey names a file by its content.
func contentKey(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sum.Sum(nil)[:8]), nil
}

// removeOld removes what other versions of this program left in dir more than
// a day ago. What cannot be removed stays.
func removeOld(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// build builds this program to path: from the directory that it was built
// from, where that still is, else from its released version.
func build(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(path), "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)

	var cmd *exec.Cmd
	info, ok := debug.ReadBuildInfo()
	root := sourceRoot()
	switch {
	case root != "":
		cmd = exec.CommandContext(ctx, "go", "build", "-C", root, "-ldflags=-s=0 -w=0", "-o", scratch+string(filepath.Separator), "./cmd/dlv-async")
	case ok && strings.HasPrefix(info.Main.Version, "v"):
		cmd = exec.CommandContext(ctx, "go", "install", "-ldflags=-s=0 -w=0", info.Main.Path+"/cmd/dlv-async@"+info.Main.Version)
	default:
		return errors.New("its source is not here; go install gives a program with debug information")
	}
	cmd.Env = append(os.Environ(), "GOBIN="+scratch, "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		if reason := firstError(output.String()); reason != "" {
			return errors.New(reason)
		}
		return err
	}
	return os.Rename(filepath.Join(scratch, "dlv-async"), path)
}

// sourceRoot returns the directory of the module this file was compiled in,
// or "" when it is not there (any more).
func sourceRoot() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "" // -trimpath
	}
	root := filepath.Join(filepath.Dir(file), "..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return ""
	}
	return root
}

// firstError is the first line of the go command's output that is more than
// the heading of a package ("# path") or a note of a download.
func firstError(output string) string {
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "go: downloading ") {
			return line
		}
	}
	return ""
}
