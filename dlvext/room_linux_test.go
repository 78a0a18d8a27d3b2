package dlvext

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTheHeapGrowsInHugePages(t *testing.T) {
	const sys = "/sys/kernel/mm/transparent_hugepage/enabled"
	if mode, err := os.ReadFile(sys); err != nil || strings.Contains(string(mode), "[never]") {
		t.Skipf("there are no huge pages here; to lift: echo madvise > %s", sys)
	}
	made.n = 0
	makeRoom(256 << 20)
	before := pageFaults(t)
	const piece, pieces = 64 << 10, 1024
	kept := make([][]byte, pieces)
	for i := range kept {
		kept[i] = make([]byte, piece)
		for at := 0; at < piece; at += 4096 {
			kept[i][at] = 1
		}
	}
	small := int64(piece / 4096 * pieces) // faults, if each page were made by itself
	if got := pageFaults(t) - before; got > small/4 {
		t.Errorf("%d MB of the heap took %d page faults, where small pages take %d", piece*pieces>>20, got, small)
	}
	runtime.KeepAlive(kept)
}

// pageFaults counts those of this process so far.
func pageFaults(t *testing.T) int64 {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return int64(u.Minflt)
}
