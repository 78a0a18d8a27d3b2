package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Things that a walk of a Python reads are withheld, one at a time. There is an
// error, or a valid snapshot; and when a task is missing from that, or less is
// said of one, then this is said.
//
// It is of the long tier: it still finds reads whose failure nobody tells of.
func TestPythonReadFails(t *testing.T) {
	if !testtarget.Full() {
		t.Skip("reads are withheld in the long tier: DLV_ASYNC_FULL=1")
	}
	eachPythonRecording(t, func(t *testing.T, r *replay) {
		before, told := pythonAccounts(t, r.baseline), findings(r.baseline)
		for _, bad := range r.read {
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
			if changed := changes(before, after); len(changed) > 0 && gocmp.Equal(told, findings(s)) {
				id := changed[0]
				t.Errorf("%s this is lost, and nobody says so: %s\n%s", without, id, gocmp.Diff(lines([]byte(before[id])), lines([]byte(after[id]))))
			}
		}
	})
}

var (
	qualifiedName = regexp.MustCompile(`"func": "[^"]*\.`)
	hiddenFrame   = regexp.MustCompile(`"hidden": (true|false)`)
)

// pythonAccounts are accounts without the classes that functions are in, which
// code objects do not know before 3.11: they are found with luck, and with
// them whether a frame is worth showing.
func pythonAccounts(t *testing.T, s *graph.Snapshot) map[string]string {
	t.Helper()
	all := accounts(t, s)
	for id, text := range all {
		all[id] = hiddenFrame.ReplaceAllString(qualifiedName.ReplaceAllString(text, `"func": "`), `"hidden": false`)
	}
	return all
}

// Bits of what a walk reads are flipped, one to eight at a time. There is no
// panic, the snapshot is valid, and it comes in bounded time.
func TestPythonBitFlips(t *testing.T) {
	variants := uint64(30)
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
	for _, minor := range recordedReleases {
		t.Run("recorded/"+minor, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(filepath.Join(recordedFiles, "locks-"+minor+".recording"))
			if err != nil {
				t.Fatal(err)
			}
			test(t, newReplay(t, file))
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
