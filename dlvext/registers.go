package dlvext

// Registers are a thread's general registers as the kernel lays them out in
// NT_PRSTATUS for the architecture: on amd64 the 27 words of
// user_regs_struct, on arm64 x0 to x30, sp, pc, pstate, then tpidr.
type Registers []uint64

// Indices into Registers.
const (
	amd64Words = 27
	amd64RBP   = 4
	amd64RIP   = 16

	amd64R10, amd64R9, amd64R8, amd64RDX, amd64RSI, amd64RDI, amd64OrigRAX = 7, 8, 9, 12, 13, 14, 15

	amd64RSP = 19
	amd64FS  = 21

	arm64Words = 34 // without tpidr
	arm64FP    = 29
	arm64LR    = 30
	arm64SP    = 31
	arm64PC    = 32
	arm64TPIDR = 34
)

// PC is the program counter; 0 when it is not known.
func (r Registers) PC() uint64 { return r.at(amd64RIP, arm64PC) }

// SP is the stack pointer; 0 when it is not known.
func (r Registers) SP() uint64 { return r.at(amd64RSP, arm64SP) }

// FP is the frame pointer; 0 when it is not known.
func (r Registers) FP() uint64 { return r.at(amd64RBP, arm64FP) }

// LR is the link register; 0 on amd64, which has none.
func (r Registers) LR() uint64 { return r.at(-1, arm64LR) }

// TLS is the base of the thread's local storage; 0 when it is not known.
func (r Registers) TLS() uint64 { return r.at(amd64FS, arm64TPIDR) }

// at tells the architecture by the number of registers.
func (r Registers) at(amd64, arm64 int) uint64 {
	i := amd64
	if len(r) >= arm64Words {
		i = arm64
	} else if len(r) < amd64Words {
		return 0
	}
	if i < 0 || i >= len(r) {
		return 0
	}
	return r[i]
}
