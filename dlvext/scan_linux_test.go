package dlvext

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Pages of the memory of beRuled, and which of them are not there.
const ruledPages = 512

func holeInRuled(page int) bool { return page%37 == 36 }

// beRuled says where it has memory of which each word holds how far it lies from
// the beginning. Some pages of it are missing.
func beRuled([]string) {
	unix.Prctl(unix.PR_SET_PTRACER, ^uintptr(0), 0, 0, 0)
	page := os.Getpagesize()
	b, err := unix.Mmap(-1, 0, ruledPages*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		panic(err)
	}
	for at := 0; at < len(b); at += 8 {
		binary.LittleEndian.PutUint64(b[at:], uint64(at))
	}
	start := uintptr(unsafe.Pointer(&b[0]))
	for i := range ruledPages {
		if holeInRuled(i) {
			if err := unix.Mprotect(b[i*page:(i+1)*page], unix.PROT_NONE); err != nil {
				panic(err)
			}
		}
	}
	fmt.Printf("ruled\n%x\n", start)
	bufio.NewReader(os.Stdin).ReadString('\n')
}

// However many small ranges lie to each other, each comes out as if it had been
// read alone; and what was read stays, what was only shown does not.
func TestManySmallRanges(t *testing.T) {
	target := startRole(t, "ruled", "ruled")
	base, err := strconv.ParseUint(target.line(), 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	page := os.Getpagesize()
	var up []Range
	for at := 0; at < ruledPages*page-1024; at += 8 * (8 + random.IntN(80)) {
		up = append(up, Range{Addr: base + uint64(at), Len: 8 * (1 + random.IntN(100))})
	}
	down, mixed := slices.Clone(up), slices.Clone(up)
	slices.Reverse(down)
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })

	check := func(t *testing.T, r Range, b []byte) {
		first, last := int(r.Addr-base), int(r.Addr-base)+r.Len-1
		whole := !holeInRuled(first/page) && !holeInRuled(last/page)
		if (b != nil) != whole {
			t.Errorf("%d bytes at offset %d: read %t, want %t", r.Len, first, b != nil, whole)
		}
		for i := 0; i < len(b); i += 8 {
			if got := binary.LittleEndian.Uint64(b[i:]); got != uint64(first+i) {
				t.Errorf("the word at offset %d is %d", first+i, got)
				return
			}
		}
	}
	for name, ranges := range map[string][]Range{"up": up, "down": down, "mixed": mixed} {
		t.Run(name, func(t *testing.T) {
			if !scannable(ranges) {
				t.Fatal("these are not what the test is for")
			}
			img := captured(t, target.pid, CaptureOptions{}, func(_ context.Context, img *Image) error {
				for i, b := range ReadMany(img.Memory, ranges) {
					check(t, ranges[i], b)
				}
				return nil
			})
			for i, b := range ReadMany(img.Memory, ranges) {
				check(t, ranges[i], b)
			}
			visited := make([]int, len(ranges))
			img = captured(t, target.pid, CaptureOptions{}, func(_ context.Context, img *Image) error {
				var mu sync.Mutex
				Visit(img.Memory, ranges, func(i int, b []byte) {
					mu.Lock()
					defer mu.Unlock()
					visited[i]++
					check(t, ranges[i], b)
				})
				return nil
			})
			if i := slices.IndexFunc(visited, func(n int) bool { return n != 1 }); i >= 0 {
				t.Errorf("range %d was shown %d times", i, visited[i])
			}
			if got := panicOf(t, target.pid, ranges); got != "torn" {
				t.Errorf("who looks panicked with torn, and the capture with %v", got)
			}
			if b := ReadMany(img.Memory, ranges[:1]); b[0] != nil {
				t.Error("what was only shown was kept")
			}
		})
	}
}

// panicOf is what a capture panics with when who looks at the ranges does.
func panicOf(t *testing.T, pid int, ranges []Range) (got any) {
	t.Helper()
	defer func() { got = recover() }()
	captured(t, pid, CaptureOptions{}, func(_ context.Context, img *Image) error {
		Visit(img.Memory, ranges, func(i int, _ []byte) {
			if i == len(ranges)/2 {
				panic("torn")
			}
		})
		return nil
	})
	return nil
}
