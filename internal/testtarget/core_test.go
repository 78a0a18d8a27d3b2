package testtarget

import (
	"debug/elf"
	"strings"
	"testing"
)

func requireELFCore(t *testing.T, path string) {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Type != elf.ET_CORE {
		t.Errorf("%s is no core but %v", path, f.Type)
	}
}

func TestGCore(t *testing.T) {
	t.Parallel()
	tg := Start(t, Build(t, "chans", Options{}))
	requireELFCore(t, tg.GCore(t))
	if !tg.Alive(t) {
		t.Error("the target is gone")
	}
}

// Each kind of crash is the one that its name promises.
func TestCrashCore(t *testing.T) {
	for kind, says := range map[string]string{
		"panic":    "panic: loading: order 7: no stock",
		"repanic":  "panic: cleanup failed",
		"string":   "panic: out of cheese",
		"nil":      "invalid memory address or nil pointer dereference",
		"index":    "index out of range [5] with length 3",
		"maps":     "fatal error: concurrent map writes",
		"unlock":   "fatal error: sync: unlock of unlocked mutex",
		"asleep":   "fatal error: all goroutines are asleep - deadlock!",
		"goexit":   "fatal error: no goroutines (main called runtime.Goexit) - deadlock!",
		"overflow": "fatal error: stack overflow",
		"abort":    "SIGABRT: abort",
		"quit":     "SIGQUIT: quit",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			tg := StartEnv(t, CrashEnv, Build(t, "crash", Options{}), kind)
			requireELFCore(t, tg.CrashCore(t))
			if !strings.Contains(tg.Stderr(), says) {
				t.Errorf("it did not say %q but\n%s", says, tg.Stderr())
			}
		})
	}
}
