package dlvext

import (
	"encoding/binary"
	"strings"

	"github.com/go-delve/delve/pkg/proc"
	"github.com/go-delve/delve/pkg/proc/linutil"
)

// delveRegisters returns registers as Delve wants them; nil: not known.
func delveRegisters(r Registers, cgo bool) proc.Registers {
	switch {
	case len(r) >= arm64Words:
		regs := &linutil.ARM64PtraceRegs{Sp: r[arm64SP], Pc: r[arm64PC], Pstate: r[arm64PC+1]}
		copy(regs.Regs[:], r)
		return linutil.NewARM64Registers(regs, cgo, r.TLS(), nil)
	case len(r) == amd64Words:
		return linutil.NewAMD64Registers(&linutil.AMD64PtraceRegs{
			R15: r[0], R14: r[1], R13: r[2], R12: r[3], Rbp: r[amd64RBP], Rbx: r[5],
			R11: r[6], R10: r[7], R9: r[8], R8: r[9],
			Rax: r[10], Rcx: r[11], Rdx: r[12], Rsi: r[13], Rdi: r[14], Orig_rax: r[15],
			Rip: r[amd64RIP], Cs: r[17], Eflags: r[18], Rsp: r[amd64RSP], Ss: r[20],
			Fs_base: r[amd64FS], Gs_base: r[22], Ds: r[23], Es: r[24], Fs: r[25], Gs: r[26],
		}, nil)
	}
	return nil
}

// fromDelve returns a thread's registers from Delve's; nil: not known.
// Segment registers that the system does not give are zero.
func fromDelve(regs proc.Registers, arch string) Registers {
	order := amd64RegOrder
	if arch == "arm64" {
		order = arm64RegOrder
	}
	all, err := regs.Slice(false)
	if err != nil && len(all) == 0 {
		return nil
	}
	r := make(Registers, len(order))
	for _, reg := range all {
		if i, ok := order[strings.ToLower(reg.Name)]; ok && reg.Reg != nil {
			r[i] = reg.Reg.Uint64Val
			if b := reg.Reg.Bytes; len(b) >= 8 {
				r[i] = binary.LittleEndian.Uint64(b)
			}
		}
	}
	if arch == "arm64" {
		r = append(r, regs.TLS())
	} else {
		r[amd64FS] = regs.TLS()
	}
	if r.PC() != regs.PC() || r.SP() != regs.SP() {
		return nil // of another system, with other names
	}
	return r
}
