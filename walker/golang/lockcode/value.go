package lockcode

// value is what is known of the content of a register, or of a word of the frame.
type value struct {
	kind kind
	sym  *symbol // of symbolic and attempt
	off  int64   // the constant, from the CFA, or from the symbol; of attempt 1: inverted
}

type kind uint8

const (
	unknown  kind = iota
	constant      // off itself
	inFrame       // the address CFA+off
	symbolic      // sym+off
	attempt       // whether a TryLock succeeded: sym has the lock
)

// symbol is something that is not known, and the same wherever it stands.
type symbol struct {
	kind symbolKind
	site uint64 // the instruction that made it, the block at whose begin two values meet
	loc  int32  // the register, the place in the frame
	addr value  // of a load and an attempt; of a meeting one of the two
	with value  // of a meeting the other
	mode Mode   // of an attempt
	deep int    // how many loads lead to it
}

type symbolKind uint8

const (
	argument symbolKind = iota // a register at the function's entry
	slot                       // a word of the frame, as it is where the function stands
	load                       // what was at addr
	result                     // what an instruction gave
	meeting                    // one of several, by the way that was taken
	tried                      // a TryLock of addr
)

// byError is the loc of attempts whose outcome is an error: nil when the lock was
// taken, which it counts as until the outcome is looked at.
const byError = 1

// maxLoads bounds chains of pointers.
const maxLoads = 6

// symbols makes each symbol once.
type symbols map[symbol]*symbol

func (ss symbols) get(s symbol) *symbol {
	if p := ss[s]; p != nil {
		return p
	}
	p := &s
	ss[s] = p
	return p
}

func (v value) plus(n int64) value {
	switch v.kind {
	case constant, inFrame, symbolic:
		v.off += n
		return v
	}
	return value{}
}

// mentions tells whether a value depends on a symbol.
func (v value) mentions(s *symbol) bool {
	for v.sym != nil {
		if v.sym == s {
			return true
		}
		v = v.sym.addr
	}
	return false
}

// same tells whether two values are one, if memory stayed as it is: two loads
// from one address are.
func same(a, b value) bool {
	for {
		if a == b {
			return a.kind != unknown
		}
		if a.kind != symbolic || b.kind != symbolic || a.off != b.off || a.sym.kind != load || b.sym.kind != load {
			return false
		}
		a, b = a.sym.addr, b.sym.addr
	}
}
