package testtarget

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// extraction is the outcome of extracting one standalone Python.
type extraction struct {
	once sync.Once
	exe  string
	why  string // it cannot be had
}

var extractions sync.Map // minor version to *extraction

// extracted returns the path of a standalone Python in the user's cache
// directory, which the first test that wants it puts there.
func (p Python) extracted(t testing.TB) string {
	t.Helper()
	v, _ := extractions.LoadOrStore(p.Minor, &extraction{})
	e := v.(*extraction)
	e.once.Do(func() { e.exe, e.why = extract(t, p.Minor) })
	if e.why != "" {
		Skip(t, p.Name, e.why, "allow the go command to download github.com/kluctl/go-embed-python")
	}
	return e.exe
}

func extract(t testing.TB, minor string) (exe, why string) {
	t.Helper()
	sources := filepath.Join(Root(t), "testdata", "python", "standalone")
	modfile := filepath.Join(sources, "python"+minor+".mod")
	if minor == "3.14" {
		modfile = filepath.Join(sources, "go.mod")
	}
	pins, err := os.ReadFile(modfile)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(pins)
	cache := cacheDir(t)
	dir := filepath.Join(cache, "standalone"+minor+"-"+hex.EncodeToString(sum[:])[:16])
	unlock := lock(t, dir+".lock")
	defer unlock()

	exe = filepath.Join(dir, "bin", "python"+minor)
	if _, err := os.Stat(exe); err == nil {
		now := time.Now()
		_ = os.Chtimes(dir, now, now) // in use: not to be removed
		return exe, ""
	}
	removeOld(cache)
	// Somebody may have died in the middle: a directory with its last name is whole.
	fresh := dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", "-modfile="+modfile, ".", fresh)
	cmd.Dir = sources
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+local, "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", err.Error() + ": " + lastLine(out)
	}
	// The modules come without bytecode: what programs import is compiled
	// once, and not by each program anew.
	cmd = exec.Command(filepath.Join(fresh, "bin", "python"+minor), "-c", "import asyncio, concurrent.futures, contextlib, contextvars, faulthandler, json, socket, subprocess, threading")
	cmd.Env = plainEnv()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the standalone Python %s does not run: %v\n%s", minor, err, out)
	}
	if err := os.Rename(fresh, dir); err != nil {
		t.Fatal(err)
	}
	return exe, ""
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}
