package dlvext

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"
)

// What the heap is given after there is room lies where the kernel was told to
// use huge pages. Whether it has any to give is its own affair.
func TestTheHeapGrowsInHugePages(t *testing.T) {
	made.n = 0
	makeRoom(256 << 20)
	if made.n == 0 {
		t.Skip("addresses are limited here; to lift: ulimit -v unlimited, and vm.overcommit_memory other than 2")
	}
	const pieces = 2048
	kept, advised := make([][]byte, pieces), 0
	for i := range kept {
		kept[i] = make([]byte, 64<<10)
	}
	huge := hugeMappings(t)
	for _, b := range kept {
		at := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b))))
		for _, m := range huge {
			if at >= m.Addr && at < m.Addr+uint64(m.Len) {
				advised++
			}
		}
	}
	// What other tests have left free is used first.
	if advised < pieces/8 {
		t.Errorf("of %d pieces of the heap %d lie where huge pages were asked for", pieces, advised)
	}
}

// hugeMappings are those of this process that have been advised to be made of
// huge pages: VmFlags hg.
func hugeMappings(t *testing.T) (all []Range) {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var start, end uint64
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if flags, ok := strings.CutPrefix(line, "VmFlags:"); ok {
			if strings.Contains(flags+" ", " hg ") {
				all = append(all, Range{Addr: start, Len: int(end - start)})
			}
			continue
		}
		if first, _, _ := strings.Cut(line, " "); !strings.HasSuffix(first, ":") {
			_, _ = fmt.Sscanf(first, "%x-%x", &start, &end)
		}
	}
	return all
}
