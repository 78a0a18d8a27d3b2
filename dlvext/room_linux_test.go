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
	t.Parallel()
	target := startRole(t, "roomy", "roomy") // a process whose heap nobody has used before
	var pieces, advised int
	if _, err := fmt.Sscan(target.line(), &pieces, &advised); err != nil {
		t.Fatal(err)
	}
	if pieces == 0 {
		t.Skip("addresses are limited here; to lift: ulimit -v unlimited, and vm.overcommit_memory other than 2")
	}
	if advised < pieces*3/4 {
		t.Errorf("of %d pieces of the heap %d lie where huge pages were asked for", pieces, advised)
	}
}

// beRoomy makes room, and says of how many pieces of its heap how many lie there.
func beRoomy([]string) {
	makeRoom(256 << 20)
	kept, advised := make([][]byte, 1024), 0
	if made.n == 0 {
		kept = nil
	}
	for i := range kept {
		kept[i] = make([]byte, 64<<10)
	}
	huge := hugeMappings()
	for _, b := range kept {
		at := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b))))
		for _, m := range huge {
			if at >= m.Addr && at < m.Addr+uint64(m.Len) {
				advised++
			}
		}
	}
	fmt.Printf("roomy\n%d %d\n", len(kept), advised)
}

// hugeMappings are those of this process that have been advised to be made of
// huge pages: VmFlags hg.
func hugeMappings() (all []Range) {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		panic(err)
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
