package dlvext

import (
	"errors"

	"github.com/go-delve/delve/pkg/dwarf/op"
	"github.com/go-delve/delve/pkg/elfwriter"
	"github.com/go-delve/delve/pkg/proc"
)

var errReadOnly = errors.New("the target is only read: nothing can be written or run")

// backend is a process for Delve: an image. What it does not serve is nil,
// and panics: two methods about eBPF, whose types outsiders cannot name, and
// which Delve does not call where SupportsBPF says no.
type backend struct {
	proc.ProcessInternal

	bi      *proc.BinaryInfo
	memory  delveMemory
	entry   uint64
	threads []proc.Thread // at least one
	bps     proc.BreakpointMap
}

func newBackend(img *Image) *backend {
	exe := img.Modules[0]
	b := &backend{
		// As for a process being attached to, Delve then asks no server
		// for debug information.
		bi:     proc.NewBinaryInfo("linux", img.Arch, true),
		memory: delveMemory{img.Memory, &img.delve.limit},
		entry:  exe.Header.Entry + exe.Bias,
		bps:    proc.NewBreakpointMap(),
	}
	cgo := usesCgo(img)
	for _, th := range img.Threads {
		b.threads = append(b.threads, &thread{backend: b, tid: th.TID, regs: delveRegisters(th.Regs, cgo)})
	}
	if len(b.threads) == 0 {
		b.threads = append(b.threads, &thread{backend: b})
	}
	return b
}

func (b *backend) BinInfo() *proc.BinaryInfo        { return b.bi }
func (b *backend) EntryPoint() (uint64, error)      { return b.entry, nil }
func (b *backend) ThreadList() []proc.Thread        { return b.threads }
func (b *backend) Breakpoints() *proc.BreakpointMap { return &b.bps }
func (b *backend) Memory() proc.MemoryReadWriter    { return b.memory }
func (b *backend) Valid() (bool, error)             { return true, nil }

func (b *backend) FindThread(tid int) (proc.Thread, bool) {
	for _, th := range b.threads {
		if th.ThreadID() == tid {
			return th, true
		}
	}
	return nil, false
}

func (b *backend) RequestManualStop(*proc.ContinueOnceContext) error { return nil } // it stands still
func (b *backend) WriteBreakpoint(*proc.Breakpoint) error            { return errReadOnly }
func (b *backend) EraseBreakpoint(*proc.Breakpoint) error            { return errReadOnly }
func (b *backend) StartCallInjection() (func(), error)               { return nil, errReadOnly }
func (b *backend) FollowExec(bool) error                             { return errReadOnly }
func (b *backend) SupportsBPF() bool                                 { return false }
func (b *backend) MemoryMap() ([]proc.MemoryMapEntry, error) {
	return nil, proc.ErrMemoryMapNotSupported
}
func (b *backend) DumpProcessNotes(n []elfwriter.Note, _ func()) (bool, []elfwriter.Note, error) {
	return false, n, nil
}

// The process group that Delve runs: of one process, which does not run.

func (b *backend) ContinueOnce(*proc.ContinueOnceContext) (proc.Thread, proc.StopReason, error) {
	return nil, proc.StopUnknown, errReadOnly
}
func (b *backend) StepInstruction(int) error { return errReadOnly }
func (b *backend) Detach(int, bool) error    { return nil }
func (b *backend) Close() error              { return nil }

// delveMemory is an image's memory for Delve.
type delveMemory struct {
	m     Memory
	limit *readLimit
}

func (d delveMemory) ReadMemory(buf []byte, addr uint64) (int, error) {
	if err := d.limit.take(); err != nil {
		return 0, err
	}
	if err := d.m.Read(addr, buf); err != nil {
		return 0, err
	}
	return len(buf), nil
}

func (d delveMemory) WriteMemory(uint64, []byte) (int, error) { return 0, errReadOnly }

// maxDelveReads is how often one call of ours may have Delve read memory. A
// deep stack takes some thousand reads.
const maxDelveReads = 1 << 18

// readLimit ends what would go on for ever: the bounds of what Delve loads
// multiply with each other down a nested value, and some of what it follows
// has none.
type readLimit struct {
	on   bool
	left int
}

func (l *readLimit) take() error {
	if !l.on {
		return nil
	}
	if l.left == 0 {
		return errors.New("too much to read at once")
	}
	l.left--
	return nil
}

// thread is a thread for Delve.
type thread struct {
	*backend
	tid    int
	regs   proc.Registers // nil: not known
	common proc.CommonThread
}

func (t *thread) ThreadID() int                          { return t.tid }
func (t *thread) ProcessMemory() proc.MemoryReadWriter   { return t.memory }
func (t *thread) Common() *proc.CommonThread             { return &t.common }
func (t *thread) Breakpoint() *proc.BreakpointState      { return &proc.BreakpointState{} }
func (t *thread) SetCurrentBreakpoint(bool) error        { return nil }
func (t *thread) SoftExc() bool                          { return false }
func (t *thread) RestoreRegisters(proc.Registers) error  { return errReadOnly }
func (t *thread) SetReg(uint64, *op.DwarfRegister) error { return errReadOnly }

func (t *thread) Registers() (proc.Registers, error) {
	if t.regs == nil {
		return nil, errors.New("the thread's registers are not known")
	}
	return t.regs, nil
}

// usesCgo tells whether a Go program uses C code: on arm64 the runtime then
// keeps its g elsewhere.
func usesCgo(img *Image) bool {
	addr, _, ok := img.Symbol("runtime.iscgo")
	var b [1]byte
	return ok && img.Memory.Read(addr, b[:]) == nil && b[0] != 0
}
