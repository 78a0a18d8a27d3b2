package dlvext

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"sync"
	"testing"

	"github.com/go-delve/delve/pkg/dwarf/godwarf"
	"github.com/go-delve/delve/pkg/proc"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// builds are the ways in which the programs of these tests are built.
func builds() map[string]testtarget.Options {
	all := map[string]testtarget.Options{}
	for _, toolchain := range testtarget.Toolchains {
		all[toolchain] = testtarget.Options{Toolchain: toolchain}
	}
	all["noopt"] = testtarget.Options{NoOpt: true}
	all["pie"] = testtarget.Options{PIE: true}
	all["cgo"] = testtarget.Options{CGO: true}
	all["no symbol table"] = testtarget.Options{Flags: []string{"-ldflags=-s -w=0"}}
	all["not compressed"] = testtarget.Options{Flags: []string{"-ldflags=-compressdwarf=false"}}
	if testtarget.Full() {
		for _, toolchain := range testtarget.Older {
			all[toolchain] = testtarget.Options{Toolchain: toolchain}
		}
	}
	return all
}

func openModule(t testing.TB, path string) *Module {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := OpenModule(path, f, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// Every structure has the layout that Delve reads from the same file.
func TestTypesAgreeWithDelve(t *testing.T) {
	names := []string{
		"runtime.g", "runtime.m", "runtime.p", "runtime.schedt", "runtime.sudog", "runtime.hchan", "runtime.waitq", "runtime.gobuf",
		"runtime.stack", "runtime.semaRoot", "runtime.semTable", "runtime.timer", "runtime.pollDesc", "runtime.coro", "runtime._defer", "runtime._panic",
		"runtime.itab", "internal/abi.Type", "runtime.moduledata", "runtime.notifyList", "runtime.mutex", "runtime.special", "runtime.mspan",
		"sync.Mutex", "sync.RWMutex", "sync.WaitGroup", "sync/atomic.Int64", "internal/poll.FD", "os.File", "time.Time", "time.Timer",
		"string", "uint64", "[]uint8", "*runtime.g", "unsafe.Pointer", "error", "func()", "main.kinds", "main.leaf", "chan int", "map[string]int",
		"[]*runtime.g", "[3]int32", "[2][3]int64", "interface {}",
	}
	for name, o := range builds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Build(t, "layouts", o)
			m := openModule(t, exe)
			oracle := proc.NewBinaryInfo("linux", runtime.GOARCH, false)
			t.Cleanup(func() { _ = oracle.Close() })
			if err := oracle.LoadBinaryInfo(exe, m.Header.Entry, nil); err != nil {
				t.Fatal(err)
			}
			compared := 0
			for _, name := range names {
				want, err := oracle.FindType(name)
				if err != nil {
					if _, err := m.Type(name); !errors.Is(err, ErrAbsent) {
						t.Errorf("%s: Delve finds none, and here: %v", name, err)
					}
					continue
				}
				got, err := m.Type(name)
				if err != nil {
					t.Error(err)
					continue
				}
				compared += compareTypes(t, name, got, want, map[string]bool{})
			}
			if compared < 1000 {
				t.Errorf("only %d types and fields could be compared", compared)
			}
			t.Logf("%d types and fields agree", compared)
		})
	}
}

// compareTypes compares a type, its fields, and all that they are made of and
// point to, and returns how many it compared.
func compareTypes(t *testing.T, path string, got *Type, want godwarf.Type, seen map[string]bool) int {
	t.Helper()
	if got == nil {
		t.Errorf("%s: nothing, and Delve has %s", path, want)
		return 0
	}
	if got.Size != want.Size() || got.Kind != want.Common().ReflectKind && want.Common().ReflectKind != reflect.Invalid {
		t.Errorf("%s is %s, a %s of %d bytes, and in Delve %s, a %s of %d", path, got.Name, got.Kind, got.Size, want, want.Common().ReflectKind, want.Size())
	}
	n := 1
	for {
		typedef, ok := want.(*godwarf.TypedefType)
		if !ok {
			break
		}
		want = typedef.Type
	}
	if len(seen) > 2000 || seen[path] {
		return n
	}
	switch want := want.(type) {
	case *godwarf.StructType:
		if want.StructName != "" && seen[want.StructName] {
			return n
		}
		seen[want.StructName] = true
		return n + compareFields(t, path, got, want.Field, seen)
	case *godwarf.SliceType:
		return n + compareFields(t, path, got, want.Field, seen) + compareTypes(t, path+"[]", got.Elem(), want.ElemType, seen)
	case *godwarf.StringType:
		return n + compareFields(t, path, got, want.Field, seen)
	case *godwarf.ArrayType:
		if got.Len != want.Count {
			t.Errorf("%s has %d elements, and in Delve %d", path, got.Len, want.Count)
		}
		return n + compareTypes(t, path+"[0]", got.Elem(), want.Type, seen)
	case *godwarf.PtrType:
		if _, void := want.Type.(*godwarf.VoidType); !void && got.Kind == reflect.Pointer && !seen[want.Type.String()] {
			return n + compareTypes(t, "*"+path, got.Elem(), want.Type, seen)
		}
	}
	return n
}

func compareFields(t *testing.T, path string, got *Type, want []*godwarf.StructField, seen map[string]bool) int {
	t.Helper()
	if len(got.Fields()) != len(want) {
		t.Errorf("%s has %d fields, and in Delve %d", path, len(got.Fields()), len(want))
		return 0
	}
	n := 0
	for i, f := range got.Fields() {
		if f.Name != want[i].Name || f.Offset != want[i].ByteOffset {
			t.Errorf("%s: %s at %d, and in Delve %s at %d", path, f.Name, f.Offset, want[i].Name, want[i].ByteOffset)
		}
		n += 1 + compareTypes(t, path+"."+f.Name, f.Type, want[i].Type, seen)
	}
	return n
}

// What people write finds what the linker escapes.
func TestTypeWithDotInImportPath(t *testing.T) {
	m := openModule(t, testtarget.Build(t, "layouts", testtarget.Options{}))
	const node = "example.com/targets/layouts/odd.v2.Node"
	ty, err := m.Type(node)
	if err != nil {
		t.Fatal(err)
	}
	if ty.Name != node {
		t.Errorf("it is named %s", ty.Name)
	}
	if _, _, err := m.Global("example.com/targets/layouts/odd.v2.Ring"); err != nil {
		t.Error(err)
	}
	if _, err := m.Type("example.com/targets/layouts/odd.v2.Pair[int,string]"); err != nil {
		t.Error(err)
	}
}

// C structures have their layout too, and what is no plain number is left out.
func TestCTypes(t *testing.T) {
	m := openModule(t, testtarget.Build(t, "layouts", testtarget.Options{CGO: true}))
	ty, err := m.Type("native")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, f := range ty.Fields() {
		got += fmt.Sprintln(f.Name, f.Offset, f.Type.Kind, f.Type.Size, f.Type.Len)
	}
	const want = "name 0 array 16 16\nnext 16 ptr 8 0\nsize 24 uint16 2 0\ncolor 28 int32 4 0\nnumber 32 struct 8 0\ngrid 48 array 48 6\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if f, err := ty.Field("number.part"); err != nil || f.Offset != 32 || f.Type.Kind != reflect.Float64 {
		t.Errorf("number.part: %+v, %v", f, err)
	}
	if ty.HasField("bits") {
		t.Error("a bit field has an address")
	}
	if next, _ := ty.Field("next"); next.Type.Elem() == nil || next.Type.Elem().Size != ty.Size {
		t.Error("next does not lead to the structure itself")
	}
}

func TestTypeIsAbsent(t *testing.T) {
	plain := testtarget.Build(t, "layouts", testtarget.Options{})
	bare := testtarget.Build(t, "layouts", testtarget.Options{Flags: []string{"-ldflags=-w"}})
	for _, c := range []struct{ exe, name, want string }{
		{plain, "runtime.nosuch", "type runtime.nosuch is not in the debug information of " + plain},
		{plain, "", "type  is not in the debug information of " + plain},
		{bare, "runtime.g", "type runtime.g: not in the debug information of " + bare + ", which was built without"},
	} {
		_, err := openModule(t, c.exe).Type(c.name)
		if err == nil || err.Error() != c.want || !errors.Is(err, ErrAbsent) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	if _, _, err := openModule(t, bare).Global("runtime.allgs"); !errors.Is(err, ErrAbsent) {
		t.Errorf("a variable's type without debug information: %v", err)
	}
	if _, ok := openModule(t, bare).Symbol("runtime.allgs"); !ok {
		t.Error("-w takes the symbol table away")
	}
	g, err := openModule(t, plain).Type("runtime.g")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"nosuch", "sched.nosuch", "sched..pc", "", "goid.x", "m.id"} {
		if _, err := g.Field(path); !errors.Is(err, ErrAbsent) {
			t.Errorf("runtime.g.%s: %v", path, err)
		}
	}
}

// One module may be asked from everywhere at once.
func TestTypesConcurrently(t *testing.T) {
	m := openModule(t, testtarget.Build(t, "layouts", testtarget.Options{}))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, name := range []string{"runtime.g", "runtime.m", "runtime.p", "main.kinds"} {
				ty, err := m.Type(name)
				if err != nil {
					t.Error(err)
					return
				}
				for _, f := range ty.Fields() {
					if elem := f.Type.Elem(); elem != nil {
						elem.Fields()
					}
				}
			}
			if _, _, err := m.Global("main.all"); err != nil {
				t.Error(err)
			}
			if _, ok := m.Symbol("main.main"); !ok {
				t.Error("no symbol main.main")
			}
		})
	}
	all.Wait()
}
