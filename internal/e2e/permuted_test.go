package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// The normal form of a snapshot does not depend on the addresses of what is in
// it, nor on the order that follows from them: all are given other ones.
func TestStableDoesNotDependOnAddresses(t *testing.T) {
	check := func(t *testing.T, snapshot []byte) {
		t.Helper()
		paths := map[string]string{testtarget.Root(t): "$ROOT"}
		want, err := stable(snapshot, paths, nil)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(5) {
			got, err := stable(permuted(t, snapshot, seed), paths, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
				t.Fatalf("with other addresses (seed %d) it is another:\n%s", seed, diff)
			}
		}
	}
	for minor := range recordedPrograms["locks"] {
		t.Run("recorded/"+minor, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(recordingFile("locks", minor))
			if err != nil {
				t.Fatal(err)
			}
			check(t, toJSON(t, newReplay(t, file).baseline))
		})
	}
	if !testtarget.Full() {
		return
	}
	for _, p := range testtarget.Pythons(t) {
		for _, program := range []string{"streams", "done", "executors", "gathers"} {
			t.Run(p.Name+"/"+program, func(t *testing.T) {
				t.Parallel()
				check(t, toJSON(t, attach(t, testtarget.StartPython(t, p, program+".py"))))
			})
		}
	}
}

// permuted returns a snapshot in which every id and address is another one,
// and the lists of what has one are in another order.
func permuted(t *testing.T, snapshot []byte, seed uint64) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	doc, err := decode(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	taken := map[string]bool{}
	other := func(ref string) string {
		digits := strings.TrimPrefix(strings.TrimPrefix(ref, "0x"), "py:") // a task's id is its address
		prefix := strings.TrimSuffix(ref, digits)
		for names[digits] == "" {
			n := fmt.Sprintf("%x", 0x7f0000000000+random.Uint64N(1<<32)<<4)
			switch {
			case strings.HasPrefix(digits, "t"):
				n = fmt.Sprint("t", 1000+random.IntN(1<<20))
			case prefix == "": // r1, g1
				n = fmt.Sprint(digits[:1], 1+random.IntN(1<<20))
			}
			if !taken[n] {
				taken[n], names[digits] = true, n
			}
		}
		return prefix + names[digits]
	}
	doc = mapStrings(doc, func(s string) string { return reference.ReplaceAllStringFunc(s, other) }).(object)
	for _, list := range []string{"tasks", "groups", "resources", "problems"} {
		all, _ := doc[list].([]any)
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
