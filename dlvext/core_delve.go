package dlvext

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/go-delve/delve/pkg/elfwriter"
)

// Notes of the cores that Delve writes where it knows no notes of the
// system's own: on arm64, and everywhere when told to.
const (
	delveHeaderNote elf.NType = elfwriter.DelveHeaderNoteType
	delveThreadNote elf.NType = elfwriter.DelveThreadNodeType
)

// readDelveHeader reads lines of text, of which two are wanted: the process
// id and the entry point.
// https://github.com/go-delve/delve/blob/v1.27.2/pkg/proc/dump.go#L170
func (n *coreNotes) readDelveHeader(desc []byte) {
	for line := range strings.Lines(string(desc)) {
		line = strings.TrimSpace(line)
		if s, ok := strings.CutPrefix(line, elfwriter.DelveHeaderTargetPidPrefix); ok && n.PID == 0 {
			n.PID, _ = strconv.Atoi(s)
		}
		if s, ok := strings.CutPrefix(line, elfwriter.DelveHeaderEntryPointPrefix); ok {
			n.Entry, _ = strconv.ParseUint(s, 0, 64)
		}
	}
}

// readDelveThread reads a thread: its id, a few registers that have names
// everywhere, then all of them as pairs of name and value.
// https://github.com/go-delve/delve/blob/v1.27.2/pkg/proc/dump.go#L256
func (n *coreNotes) readDelveThread(desc []byte, machine elf.Machine) {
	const fixed = 5*8 + 1 + 8 + 4 // id, pc, sp, bp, tls; has g, g; count
	if len(desc) < fixed {
		n.problem("a thread's registers are cut short in the core")
		return
	}
	tid := int(binary.LittleEndian.Uint64(desc))
	tls := binary.LittleEndian.Uint64(desc[32:])
	order := amd64RegOrder
	if machine == elf.EM_AARCH64 {
		order = arm64RegOrder
	}
	regs := make(Registers, len(order))
	seen := 0
	r := bytes.NewBuffer(desc[fixed:])
	for range binary.LittleEndian.Uint32(desc[fixed-4:]) {
		name, ok1 := nextCounted(r)
		value, ok2 := nextCounted(r)
		if !ok1 || !ok2 {
			n.problem("a thread's registers are cut short in the core")
			return
		}
		if i, ok := order[strings.ToLower(string(name))]; ok && len(value) == 8 {
			regs[i] = binary.LittleEndian.Uint64(value)
			seen++
		}
	}
	if seen != len(order) {
		n.problem("thread %d: the core has %d of its %d registers", tid, seen, len(order))
		regs = nil
	} else if machine == elf.EM_AARCH64 {
		regs = append(regs, tls)
	}
	n.Threads = append(n.Threads, Thread{TID: tid, Regs: regs})
}

// nextCounted takes bytes that follow their 16-bit count.
func nextCounted(r *bytes.Buffer) ([]byte, bool) {
	head := r.Next(2)
	if len(head) < 2 {
		return nil, false
	}
	n := int(binary.LittleEndian.Uint16(head))
	b := r.Next(n)
	return b, len(b) == n
}

// The registers' places in [Registers] under the names that Delve writes.
var (
	amd64RegOrder = orderOf("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs rflags rsp ss fs_base gs_base ds es fs gs")
	arm64RegOrder = orderOf("x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 x29 x30 sp pc pstate")
)

func orderOf(names string) map[string]int {
	order := map[string]int{}
	for i, name := range strings.Fields(names) {
		order[name] = i
	}
	return order
}
