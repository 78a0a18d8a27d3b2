package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Things that a walk of a Python reads are withheld, one at a time. There is an
// error, or a valid snapshot; and when a task is missing from that, or less is
// said of one, or of what it waits for, then this is said.
//
// How a failure is told of depends on who reads: so one read is withheld of
// each way in which the walk comes to read something, and more in a full test.
func TestPythonReadFails(t *testing.T) {
	eachPythonRecording(t, func(t *testing.T, r *replay) {
		before, told := pythonAccounts(t, r.baseline), toldOf(r.baseline)
		for _, bad := range readsToWithhold(t, r) {
			without := fmt.Sprintf("without %d bytes at %#x", bad.Len, bad.Addr)
			begin := time.Now()
			s, err := r.walk(t, &tampered{fails: func(x dlvext.Range) bool {
				return x.Addr < bad.Addr+uint64(bad.Len) && bad.Addr < x.Addr+uint64(x.Len)
			}})
			if took := time.Since(begin); took > tooLong {
				t.Errorf("%s the walk took %v", without, took)
			}
			if err != nil {
				continue // it is said, and nothing else is
			}
			after := pythonAccounts(t, s)
			changed := changes(before, after)
			if len(changed) == 0 || slices.ContainsFunc(slices.Collect(maps.Keys(toldOf(s))), func(f string) bool { return !told[f] }) {
				continue
			}
			id := changed[0]
			t.Errorf("%s this is lost, and nobody says so: %s\n%s", without, id, gocmp.Diff(lines([]byte(before[id])), lines([]byte(after[id]))))
		}
	})
}

// How many reads are withheld of each recording: in a short test, and in a full
// one of those that are not kept, of which there are many.
const (
	withheldInBrief = 40
	withheldOfNew   = 100
)

// readsToWithhold are some of what a walk reads: of each sequence of calls that
// leads to a read the first one and, in a full test, two more.
func readsToWithhold(t *testing.T, r *replay) []dlvext.Range {
	t.Helper()
	ways := map[[maxCalls]uintptr]int{}
	var found []dlvext.Range
	img := r.open(t)
	defer img.Close()
	img.Memory = &tampered{Memory: img.Memory, asked: map[dlvext.Range]bool{}, fails: func(x dlvext.Range) bool {
		var way [maxCalls]uintptr
		runtime.Callers(2, way[:])
		ways[way]++
		if n := ways[way]; n == 1 || testtarget.Full() && (n == 5 || n == 40) {
			found = append(found, x)
		}
		return false
	}}
	dlvext.Record(img) // that nothing is read ahead
	if _, err := snapshot.Of(t.Context(), img, snapshot.Options{}); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(found, func(a, b dlvext.Range) int { return cmp.Or(cmp.Compare(a.Addr, b.Addr), cmp.Compare(a.Len, b.Len)) })
	found = slices.Compact(found)
	most := withheldInBrief
	if testtarget.Full() {
		most = withheldOfNew
		if r.kept {
			most = len(found)
		}
	}
	if step := len(found) / most; step > 1 {
		for i := range most {
			found[i] = found[i*step]
		}
		found = found[:most]
	}
	return found
}

// maxCalls are enough to tell how the walk came to read something.
const maxCalls = 40

// pythonAccounts are accounts of the tasks, and of what they wait for: by its
// kind, type and address.
func pythonAccounts(t *testing.T, s *graph.Snapshot) map[string]string {
	t.Helper()
	all := accounts(t, s)
	for _, r := range s.Resources {
		if r.Address != 0 {
			all[fmt.Sprintf("%s at %#x", r.Kind, r.Address)] = fmt.Sprint(r.Type, r.Detail, r.Holders)
		}
	}
	return all
}

// toldOf is what a snapshot says that could not be read.
func toldOf(s *graph.Snapshot) map[string]bool {
	told := map[string]bool{}
	for _, f := range findings(s) {
		if !strings.HasPrefix(f, "deadlock") {
			told[f] = true
		}
	}
	return told
}

// Bits of what a walk reads are flipped, one to eight at a time. There is no
// panic, the snapshot is valid, and it comes in bounded time.
func TestPythonBitFlips(t *testing.T) {
	variants := uint64(60)
	if testtarget.Full() {
		variants = 2000
	}
	eachPythonRecording(t, func(t *testing.T, r *replay) {
		for seed := range variants {
			flips := flipsOf(r, seed)
			begin := time.Now()
			_, _ = r.walk(t, &tampered{change: flips.apply})
			if took := time.Since(begin); took > tooLong {
				t.Errorf("with %#x flipped (seed %d) the walk took %v", flips, seed, took)
			}
		}
	})
}

// flips are bits to be changed, by address.
type flips map[uint64]byte

func flipsOf(r *replay, seed uint64) flips {
	random := rand.New(rand.NewPCG(seed, 0))
	all := flips{}
	for range 1 + random.IntN(8) {
		if where := r.read[random.IntN(len(r.read))]; where.Len > 0 {
			all[where.Addr+random.Uint64N(uint64(where.Len))] ^= 1 << random.IntN(8)
		}
	}
	return all
}

func (f flips) apply(addr uint64, b []byte) {
	for a, bits := range f {
		if addr <= a && a-addr < uint64(len(b)) {
			b[a-addr] ^= bits
		}
	}
}

// eachPythonRecording runs a test on recordings of programs with much in them:
// on those that are kept, whose addresses are the same every time; in a full
// test also on new ones, on each CPython.
func eachPythonRecording(t *testing.T, test func(*testing.T, *replay)) {
	for minor := range recordedPrograms["locks"] {
		t.Run("recorded/"+minor, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(recordingFile("locks", minor))
			if err != nil {
				t.Fatal(err)
			}
			r := newReplay(t, file)
			r.kept = true
			test(t, r)
		})
	}
	if !testtarget.Full() {
		return
	}
	for _, p := range testtarget.Pythons(t) {
		for _, program := range []string{"locks", "gathers", "streams"} {
			t.Run(p.Name+"/"+program, func(t *testing.T) {
				t.Parallel()
				test(t, recordTarget(t, testtarget.StartPython(t, p, program+".py")))
			})
		}
	}
}
