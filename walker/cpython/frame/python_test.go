package frame

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

var versionName = regexp.MustCompile(`^3\.(8|9|1[0-4])\b`)

// eachPython runs a test once for each minor version of CPython that is found.
func eachPython(t *testing.T, f func(t *testing.T, exe, version string)) {
	t.Helper()
	found := map[string]string{}
	if root, err := exec.Command("pyenv", "root").Output(); err == nil {
		all, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "versions", "3.*", "bin", "python3"))
		for _, exe := range all {
			if v := versionName.FindString(filepath.Base(filepath.Dir(filepath.Dir(exe)))); v != "" {
				found[v] = exe
			}
		}
	}
	for _, v := range []string{"3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"} {
		exe := found[v]
		if exe == "" {
			exe, _ = exec.LookPath("python" + v)
		}
		if e := os.Getenv("DLV_ASYNC_PYTHON" + v); e != "" {
			exe = e
		}
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			if exe == "" {
				testtarget.Skip(t, "python"+v, "it is neither in pyenv nor on PATH", "install it")
			}
			f(t, exe, v)
		})
	}
}
