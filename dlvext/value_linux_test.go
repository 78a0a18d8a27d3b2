package dlvext

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// processMemory is the memory of a running process.
type processMemory struct{ f *os.File }

func (p processMemory) Read(addr uint64, buf []byte) error {
	if _, err := p.f.ReadAt(buf, int64(addr)); err != nil {
		return &Fault{Addr: addr, Len: len(buf), Why: err.Error()}
	}
	return nil
}

// startImage starts a target and makes an Image of its executable and memory.
func startImage(t *testing.T, program string, o testtarget.Options) *Image {
	t.Helper()
	target := testtarget.Start(t, testtarget.Build(t, program, o))
	proc := "/proc/" + strconv.Itoa(target.PID)
	f, err := os.Open(proc + "/mem")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	exe := openModule(t, proc+"/exe")
	if err := exe.Place(lowestMapping(t, proc, target.Exe)); err != nil {
		t.Fatal(err)
	}
	return &Image{PID: target.PID, Memory: processMemory{f}, Modules: []*Module{exe}}
}

func lowestMapping(t *testing.T, proc, path string) (addr, offset uint64) {
	t.Helper()
	maps, err := os.ReadFile(proc + "/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(maps), "\n") {
		if strings.HasSuffix(line, " "+path) {
			var end uint64
			var flags string
			if _, err := fmt.Sscanf(line, "%x-%x %s %x", &addr, &end, &flags, &offset); err != nil {
				t.Fatal(err)
			}
			return addr, offset
		}
	}
	t.Fatalf("no mapping of %s", path)
	return 0, 0
}

// Every value of a running program reads as what the program set it to.
func TestValuesOfAProcess(t *testing.T) {
	for name, o := range builds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := startImage(t, "layouts", o)
			// In place, through a pointer, and from a copy.
			checkKinds(t, "in place", img.Global("main.all"))
			checkKinds(t, "through a pointer", img.Global("main.top").Deref())
			checkKinds(t, "from a copy", img.Global("main.all").Load())
		})
	}
}

func checkKinds(t *testing.T, how string, all Value) {
	t.Helper()
	show := func(v any, err error) string {
		if err != nil {
			return "error: " + err.Error()
		}
		return fmt.Sprint(v)
	}
	for _, c := range []struct{ what, got, want string }{
		{"embedded.N", show(all.Field("embedded.N").Int()), "7"},
		{"I8", show(all.Field("I8").Int()), "-8"},
		{"I16", show(all.Field("I16").Int()), "-16"},
		{"I32", show(all.Field("I32").Int()), "-32"},
		{"I64", show(all.Field("I64").Int()), "-64"},
		{"I8 unsigned", show(all.Field("I8").Uint()), "248"},
		{"U8", show(all.Field("U8").Uint()), "8"},
		{"U16", show(all.Field("U16").Uint()), "16"},
		{"U32", show(all.Field("U32").Uint()), "32"},
		{"U64", show(all.Field("U64").Uint()), "9223372036854775872"},
		{"Bool", show(all.Field("Bool").Bool()), "true"},
		{"Counter", show(all.Field("Counter").Int()), "-5"},
		{"Counter.v", show(all.Field("Counter.v").Int()), "-5"},
		{"Text", show(all.Field("Text").String(100)), "grüß dich"},
		{"Text, of two bytes", show(all.Field("Text").String(2)), "gr"},
		{"Text's length", show(all.Field("Text").Len()), "11"},
		{"Empty", show(all.Field("Empty").String(100)), ""},
		{"Bytes", show(all.Field("Bytes").Bytes(100)), "[0 1 2 3 4 5 6 7 8 9]"},
		{"Bytes, of none", show(all.Field("Bytes").Bytes(-1)), "[]"},
		{"Bytes[9]", show(all.Field("Bytes").Index(9).Uint()), "9"},
		{"Words", show(all.Field("Words").Words(3)), "[1099511627776 1099511627777 1099511627778]"},
		{"NoSlice", show(all.Field("NoSlice").Words(3)), "[]"},
		{"Array", show(all.Field("Array").Len()), "3"},
		{"Array[2]", show(all.Field("Array").Index(2).Int()), "3"},
		{"Matrix[1][2]", show(all.Field("Matrix").Index(1).Index(2).Int()), "12"},
		{"Matrix[1]", show(all.Field("Matrix").Index(1).Words(5)), "[10 11 12]"},
		{"Leaf", show(all.Field("Leaf").Pointer()), "0"},
		{"Leaves[1].name", show(all.Field("Leaves").Index(1).Deref().Field("name").String(9)), "two"},
		{"Odd", show(all.Field("Odd.Second").String(9)), "one"},
		{"After", show(all.Field("After").Int()), "99"},
		{"Addr", show(all.Field("Addr").Uint()), fmt.Sprint(all.Addr())},
		{"Unsafe, as kinds", show(all.Field("Unsafe").DerefAs(all.Type()).Field("After").Int()), "99"},
		{"Chan's count", show(all.Field("Chan").Deref().Field("qcount").Uint()), "1"},
		{"Chan's size", show(all.Field("Chan").Deref().Field("dataqsiz").Uint()), "4"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s is %s, want %s", how, c.what, c.got, c.want)
		}
	}
	if tab, data, err := all.Field("Any").Interface(); err != nil || tab == 0 || data == 0 {
		t.Errorf("%s: Any is %#x, %#x, %v", how, tab, data, err)
	}
	if _, n, c, err := all.Field("Words").Slice(); err != nil || n != 5 || c < 5 {
		t.Errorf("%s: Words has length %d, capacity %d, %v", how, n, c, err)
	}
	for what, v := range map[string]Value{
		"Leaves[2]":          all.Field("Leaves").Index(2).Deref(),
		"what Leaf leads to": all.Field("Leaf").Deref().Field("id"),
		"Leaves[3]":          all.Field("Leaves").Index(3),
		"Array[3]":           all.Field("Array").Index(3),
		"NoSuch":             all.Field("NoSuch").Field("id").Deref().Index(1).Load(),
		"Text.x":             all.Field("Text.x"),
		"*I64":               all.Field("I64").Deref(),
		"I64[0]":             all.Field("I64").Index(0),
	} {
		if n, err := v.Uint(); v.Err() == nil || !errors.Is(err, v.Err()) || n != 0 {
			t.Errorf("%s: %s gives %d and %v", how, what, n, err)
		}
	}
	for _, number := range []string{"Text", "Words", "Array", "Any", "F64.x", "C128", "Blank", "Odd"} {
		if n, err := all.Field(number).Uint(); err == nil {
			t.Errorf("%s: %s is the number %d", how, number, n)
		}
	}
}

// The runtime's own structures: a walk over all goroutines of a process.
func TestRuntimeOfAProcess(t *testing.T) {
	for name, o := range builds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := startImage(t, "layouts", o)
			allgs := img.Global("runtime.allgs")
			addrs, err := allgs.Words(1000)
			if err != nil {
				t.Fatal(err)
			}
			g, err := img.Type("runtime.g")
			if err != nil {
				t.Fatal(err)
			}
			goid, status, pc := mustField(t, g, "goid"), mustField(t, g, "atomicstatus"), mustField(t, g, "sched.pc")
			seen := map[uint64]bool{}
			for i, addr := range addrs {
				v := NewValue(img.Memory, g, addr).Load()
				buf, err := v.Bytes(int(g.Size))
				if err != nil {
					t.Fatal(err)
				}
				id, ok := goid.Uint(buf)
				if !ok {
					t.Fatal("goid is no number")
				}
				if s, ok := status.Uint(buf); !ok || s > 0x1000|20 {
					t.Errorf("goroutine %d has the status %#x", id, s)
				}
				if _, ok := pc.Uint(buf); !ok {
					t.Error("sched.pc is no number")
				}
				seen[id] = true
				if same, err := allgs.Index(uint64(i)).Deref().Field("goid").Uint(); err != nil || same != id {
					t.Errorf("goroutine %d is %d by the cursor: %v", id, same, err)
				}
			}
			if !seen[1] || len(seen) < 4 {
				t.Errorf("goroutines: %v", seen)
			}
			if version, err := img.Global("runtime.buildVersion").String(20); err != nil || !strings.HasPrefix(version, "go1.") {
				t.Errorf("runtime.buildVersion is %q, %v", version, err)
			}
		})
	}
}

func TestCValuesOfAProcess(t *testing.T) {
	img := startImage(t, "layouts", testtarget.Options{CGO: true})
	addr, size, ok := img.Symbol("root")
	if !ok || size != 96 {
		t.Fatalf("root has %d bytes", size)
	}
	root := img.Global("root")
	if root.Err() != nil || root.Addr() != addr {
		t.Fatalf("root is at %#x, its symbol at %#x: %v", root.Addr(), addr, root.Err())
	}
	next := root.Field("next").Deref()
	if name, err := next.Field("name").CString(100); name != "root" || err != nil {
		t.Errorf("name is %q, %v", name, err)
	}
	if color, err := next.Field("color").Int(); color != 70000 || err != nil {
		t.Errorf("color is %d, %v", color, err)
	}
	if last, err := next.Field("grid").Index(5).Int(); last != 6 || err != nil {
		t.Errorf("the last of grid is %d, %v", last, err)
	}
}
