package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two runs of one program: the ids, the addresses and the order differ.
const (
	oneRun = `{"process": {"pid": 7, "exe": "/tmp/a/server"}, "tasks": [
 {"id": "go:1", "native_id": "1", "frames": [{"func": "main.main", "file": "/src/main.go", "line": 9, "origin": "user"}]},
 {"id": "go:18", "native_id": "18", "frames": [{"func": "main.a", "file": "/src/main.go", "line": 3, "origin": "user"}], "waits": [{"resource": "r1", "since_ms": 4}]},
 {"id": "go:22", "native_id": "22", "frames": [{"func": "main.a", "file": "/src/main.go", "line": 3, "origin": "user"}], "waits": [{"resource": "r2", "since_ms": 5}]}],
"resources": [{"id": "r1", "address": "0x100", "detail": {"len": 1}}, {"id": "r2", "address": "0x200", "detail": {"len": 2}}],
"problems": [{"message": "go:18 waits for 0x100", "tasks": ["go:18"]}]}`
	otherRun = `{"process": {"pid": 9, "exe": "/home/b/server"}, "tasks": [
 {"id": "go:1", "native_id": "1", "frames": [{"func": "main.main", "file": "/src/main.go", "line": 9, "origin": "user"}]},
 {"id": "go:5", "native_id": "5", "frames": [{"func": "main.a", "file": "/src/main.go", "line": 3, "origin": "user"}], "waits": [{"resource": "r1", "since_ms": 1}]},
 {"id": "go:7", "native_id": "7", "frames": [{"func": "main.a", "file": "/src/main.go", "line": 3, "origin": "user"}], "waits": [{"resource": "r2"}]}],
"resources": [{"id": "r1", "address": "0x300", "detail": {"len": 2}}, {"id": "r2", "address": "0x400", "detail": {"len": 1}}],
"problems": [{"message": "go:7 waits for 0x400", "tasks": ["go:7"]}]}`
)

func TestStableIsTheSameForTwoRuns(t *testing.T) {
	a, b := mustStable(t, oneRun), mustStable(t, otherRun)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(a, "$SRC/main.go") {
		t.Errorf("the path has no name in\n%s", a)
	}
}

// What tells two snapshots apart must not be normalised away.
func TestStableKeepsWhatDiffers(t *testing.T) {
	a := mustStable(t, oneRun)
	for _, change := range [][2]string{
		{`"len": 2`, `"len": 3`},
		{`"line": 9`, `"line": 8`},
		{`"resource": "r2"`, `"resource": "r1"`},
		{`"go:18 waits for 0x100"`, `"go:18 waits for 0x200"`},
		{`"tasks": ["go:18"]`, `"tasks": ["go:22"]`},
		{`"pid": 7`, `"pid": 7, "death": {"kind": "panic"}`},
	} {
		changed := strings.Replace(oneRun, change[0], change[1], 1)
		if changed == oneRun {
			t.Fatalf("nothing is %s", change[0])
		}
		if mustStable(t, changed) == a {
			t.Errorf("%s is the same as %s", change[1], change[0])
		}
	}
}

func mustStable(t *testing.T, snapshot string) string {
	t.Helper()
	out, err := stable([]byte(snapshot), map[string]string{"/src/": "$SRC/"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
