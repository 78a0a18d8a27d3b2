package testtarget

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Venv makes a virtual environment with packages for a test, and returns its
// interpreter.
func Venv(t testing.TB, py Python, packages ...string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command(py.Exe(t), "-m", "venv", dir).CombinedOutput(); err != nil {
		Skip(t, "venv", err.Error()+": "+string(out), "install a Python with venv and ensurepip")
	}
	exe := filepath.Join(dir, "bin", "python")
	install := exec.Command(exe, append([]string{"-m", "pip", "install", "-q", "--disable-pip-version-check", "--retries", "1", "--timeout", "10"}, packages...)...)
	if out, err := install.CombinedOutput(); err != nil {
		Skip(t, "pip", err.Error()+": "+string(out), "run it where pip can install packages")
	}
	return exe
}
