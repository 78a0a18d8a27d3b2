package unwind_test

import (
	"debug/elf"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/go-delve/delve/pkg/dwarf/godwarf"
	"github.com/go-delve/delve/pkg/proc"
	"github.com/go-delve/delve/pkg/proc/core"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// target is a core that Delve has open: it serves memory and
// registers, and is the oracle.
type target struct {
	t      testing.TB
	tgt    *proc.Target
	mem    proc.MemoryReadWriter
	g, m   map[string]int64 // offsets of fields
	tables pclntab.Tables
	md     *pclntab.Moduledata
	u      *unwind.Unwinder
}

func openCore(t testing.TB, exe, file string) *target {
	t.Helper()
	grp, err := core.OpenCore(file, exe, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = grp.Detach(false) })
	return newTarget(t, grp.Selected)
}

func newTarget(t testing.TB, tgt *proc.Target) *target {
	tg := &target{t: t, tgt: tgt, mem: tgt.Memory()}
	tg.g, tg.m = tg.layout("runtime.g"), tg.layout("runtime.m")
	img := tgt.BinInfo().Images[0]
	exe, err := elf.Open(img.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { exe.Close() })
	table, md, err := pclntab.Load(pclntab.Module{Arch: runtime.GOARCH, Section: sections(exe, img.StaticBase), Memory: tg.read})
	if err != nil {
		t.Fatal(err)
	}
	tg.tables, tg.md = pclntab.Tables{table}, md
	tg.u = unwind.New(tg.tables, runtime.GOARCH)
	return tg
}

func (tg *target) read(addr uint64, buf []byte) error {
	_, err := tg.mem.ReadMemory(buf, addr)
	return err
}

func (tg *target) layout(name string) map[string]int64 {
	tg.t.Helper()
	typ, err := tg.tgt.BinInfo().FindType(name)
	if err != nil {
		tg.t.Fatal(err)
	}
	offsets := map[string]int64{}
	tg.fields(offsets, "", 0, typ)
	return offsets
}

func (tg *target) fields(into map[string]int64, prefix string, base int64, typ godwarf.Type) {
	s, ok := godwarf.ResolveTypedef(typ).(*godwarf.StructType)
	if !ok {
		return
	}
	for _, f := range s.Field {
		into[prefix+f.Name] = base + f.ByteOffset
		tg.fields(into, prefix+f.Name+".", base+f.ByteOffset, f.Type)
	}
}

func (tg *target) word(addr uint64) uint64 {
	tg.t.Helper()
	var b [8]byte
	if err := tg.read(addr, b[:]); err != nil {
		tg.t.Fatal(err)
	}
	return binary.LittleEndian.Uint64(b[:])
}

// global is the address of a variable.
func (tg *target) global(name string) uint64 {
	tg.t.Helper()
	scope, err := proc.ThreadScope(tg.tgt, tg.tgt.CurrentThread())
	if err != nil {
		tg.t.Fatal(err)
	}
	v, err := scope.EvalExpression(name, proc.LoadConfig{})
	if err != nil {
		tg.t.Fatal(err)
	}
	return v.Addr
}

// Statuses of goroutines: https://github.com/golang/go/blob/go1.26.8/src/runtime/runtime2.go#L17
const (
	gRunning   = 2
	gDead      = 6
	gDeadExtra = 11
	gScan      = 0x1000
)

// goroutine is a runtime.g.
type goroutine struct {
	id     int
	status uint32
	addr   uint64
	thread int // zero: none that runs it
	start  unwind.Start
}

// goroutines are all but the dead ones.
func (tg *target) goroutines() []goroutine {
	tg.t.Helper()
	allgs := tg.global("runtime.allgs")
	array, n := tg.word(allgs), tg.word(allgs+8)
	threads := map[int]*proc.G{}
	for _, th := range tg.tgt.ThreadList() {
		if g, err := proc.GetG(th); err == nil && g != nil {
			threads[int(g.ID)] = g
		}
	}
	var all []goroutine
	for i := range n {
		addr := tg.word(array + 8*i)
		g := goroutine{
			addr:   addr,
			id:     int(tg.word(addr + uint64(tg.g["goid"]))),
			status: uint32(tg.word(addr+uint64(tg.g["atomicstatus.value"]))) &^ gScan,
		}
		if g.status == gDead || g.status == gDeadExtra {
			continue
		}
		g.start = tg.sched(addr)
		if on := threads[g.id]; on != nil {
			g.thread = on.Thread.ThreadID()
			s := tg.running(on.Thread, addr)
			// In a system call the thread may be in C code, or already done.
			if g.status == gRunning || s.Next == nil {
				g.start = s
			}
		}
		all = append(all, g)
	}
	return all
}

// stack is the memory of a runtime.g's stack, from sp or its low end up.
func (tg *target) stack(g, sp uint64) unwind.Stack {
	lo, hi := tg.word(g+uint64(tg.g["stack.lo"])), tg.word(g+uint64(tg.g["stack.hi"]))
	if sp > lo && sp <= hi {
		lo = sp &^ 7
	}
	data := make([]byte, hi-lo)
	if err := tg.read(lo, data); err == nil {
		return unwind.Stack{Lo: lo, Data: data}
	}
	// A thread's that C made has room below that was never used, and a guard page.
	const page = 1 << 12
	used := hi &^ (page - 1)
	for used >= lo+page && tg.read(used-page, make([]byte, page)) == nil {
		used -= page
	}
	if err := tg.read(used, data[used-lo:]); err != nil {
		tg.t.Fatal(err)
	}
	return unwind.Stack{Lo: used, Data: data[used-lo:]}
}

// sched is where a runtime.g that does not run goes on.
func (tg *target) sched(g uint64) unwind.Start {
	field := func(name string) uint64 { return tg.word(g + uint64(tg.g[name])) }
	s := unwind.Start{PC: field("sched.pc"), SP: field("sched.sp")}
	if sp := field("syscallsp"); sp != 0 {
		s = unwind.Start{PC: field("syscallpc"), SP: sp, Syscall: true}
	}
	s.Stack = tg.stack(g, s.SP)
	return s
}

// running is where the thread stands that runs a runtime.g.
func (tg *target) running(th proc.Thread, g uint64) unwind.Start {
	regs, err := th.Registers()
	if err != nil {
		tg.t.Fatal(err)
	}
	s := unwind.Start{PC: regs.PC(), SP: regs.SP(), BP: regs.BP(), Trap: true}
	m := tg.word(g + uint64(tg.g["m"]))
	if sp := tg.word(m + uint64(tg.m["vdsoSP"])); sp != 0 {
		s = unwind.Start{PC: tg.word(m + uint64(tg.m["vdsoPC"])), SP: sp}
	}
	s.Stack = tg.stack(g, 0)
	if in(s.Stack, s.SP) {
		return s
	}
	user := tg.sched(g)
	g0 := tg.word(m + uint64(tg.m["g0"]))
	gsignal := tg.word(m + uint64(tg.m["gsignal"]))
	s.Stack, s.Next = tg.stack(g0, 0), &user
	if !in(s.Stack, s.SP) {
		system := unwind.Start{Stack: s.Stack, Next: &user}
		s.Stack, s.Next = tg.stack(gsignal, 0), &system
	}
	return s
}

func in(s unwind.Stack, sp uint64) bool {
	return sp >= s.Lo && sp < s.Lo+uint64(len(s.Data))
}

func wordAt(s unwind.Stack, addr uint64) (uint64, bool) {
	if off := addr - s.Lo; addr >= s.Lo && off+8 <= uint64(len(s.Data)) {
		return binary.LittleEndian.Uint64(s.Data[off:]), true
	}
	return 0, false
}
