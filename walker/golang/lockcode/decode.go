package lockcode

import (
	"slices"

	"golang.org/x/arch/x86/x86asm"
)

// inst is one instruction.
type inst struct {
	pc uint64
	x86asm.Inst
	bad bool // not known: what it does to registers is not either
}

func (i *inst) next() uint64 { return i.pc + uint64(i.Len) }

// Bounds of the code that is followed.
const (
	maxCode  = 128 << 10 // of one function, in bytes
	maxTable = 1024      // places that one indirect jump goes to
)

// decode decodes a function's code. Instructions that are not known have their
// length from what Go's assembler and compiler make of them; where that fails as
// well the rest is left out.
func decode(pc uint64, code []byte) []inst {
	out := make([]inst, 0, len(code)/4)
	for len(code) > 0 {
		in, err := x86asm.Decode(code, 64)
		i := inst{pc: pc, Inst: in}
		if err != nil || in.Len == 0 {
			n := vexLength(code)
			if n == 0 {
				return out
			}
			i.Inst, i.bad = x86asm.Inst{Len: n}, true
		}
		out = append(out, i)
		pc += uint64(i.Len)
		code = code[i.Len:]
	}
	return out
}

// vexLength is the length of an instruction with a VEX prefix, which has BMI and
// AVX; 0: it is none.
func vexLength(b []byte) int {
	n, table := 0, byte(1)
	switch {
	case len(b) > 3 && b[0] == 0xC5:
		n = 2
	case len(b) > 4 && b[0] == 0xC4:
		n, table = 3, b[1]&0x1F
	default:
		return 0
	}
	op := b[n]
	n++
	if op == 0x77 && table == 1 { // VZEROUPPER
		return n
	}
	if n >= len(b) {
		return 0
	}
	mod, rm := b[n]>>6, b[n]&7
	n++
	if mod != 3 && rm == 4 {
		if n >= len(b) {
			return 0
		}
		if mod == 0 && b[n]&7 == 5 {
			n += 4
		}
		n++
	}
	switch {
	case mod == 1:
		n++
	case mod == 2, mod == 0 && rm == 5:
		n += 4
	}
	if table == 3 || table == 1 && (op >= 0x70 && op <= 0x73 || op == 0xC2 || op >= 0xC4 && op <= 0xC6) {
		n++
	}
	if n > len(b) {
		return 0
	}
	return n
}

// jump is where an instruction may go besides the next one.
func (i *inst) jump() (target uint64, conditional, is bool) {
	if i.bad {
		return 0, false, false
	}
	switch i.Op {
	case x86asm.JMP:
	case x86asm.JA, x86asm.JAE, x86asm.JB, x86asm.JBE, x86asm.JCXZ, x86asm.JE, x86asm.JECXZ, x86asm.JG, x86asm.JGE,
		x86asm.JL, x86asm.JLE, x86asm.JNE, x86asm.JNO, x86asm.JNP, x86asm.JNS, x86asm.JO, x86asm.JP, x86asm.JRCXZ,
		x86asm.JS, x86asm.LOOP, x86asm.LOOPE, x86asm.LOOPNE:
		conditional = true
	default:
		return 0, false, false
	}
	if rel, ok := i.Args[0].(x86asm.Rel); ok {
		return i.next() + uint64(int64(rel)), conditional, true
	}
	return 0, conditional, true
}

// at is the index of the instruction at pc.
func at(code []inst, pc uint64) (int, bool) {
	return slices.BinarySearchFunc(code, pc, func(i inst, pc uint64) int {
		switch {
		case i.pc < pc:
			return -1
		case i.pc > pc:
			return 1
		}
		return 0
	})
}

// gpr is the number of a general register, and how many of its bytes are meant.
func gpr(r x86asm.Reg) (number, size int, ok bool) {
	switch {
	case r >= x86asm.AL && r <= x86asm.BL:
		return int(r - x86asm.AL), 1, true
	case r >= x86asm.AH && r <= x86asm.BH:
		return int(r - x86asm.AH), 0, true // the second byte
	case r >= x86asm.SPB && r <= x86asm.R15B:
		return int(r-x86asm.SPB) + 4, 1, true
	case r >= x86asm.AX && r <= x86asm.R15W:
		return int(r - x86asm.AX), 2, true
	case r >= x86asm.EAX && r <= x86asm.R15L:
		return int(r - x86asm.EAX), 4, true
	case r >= x86asm.RAX && r <= x86asm.R15:
		return int(r - x86asm.RAX), 8, true
	}
	return 0, 0, false
}

// points is the address that an instruction loads relative to where it is.
func (i *inst) points() (uint64, bool) {
	if i.bad || i.Op != x86asm.LEA {
		return 0, false
	}
	m, ok := i.Args[1].(x86asm.Mem)
	if !ok || m.Base != x86asm.RIP {
		return 0, false
	}
	return i.next() + uint64(int64(int32(m.Disp))), true
}
