package pclntab

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Live is what the compiler says of a frame for the garbage collector, at one
// of the function's calls. Offsets are from the frame's CFA, which is SP before
// the call that made the frame (on amd64 the return address is at CFA-8):
// locals are below it, arguments above.
type Live struct {
	// Slots are the words that hold pointers that are used later, ascending.
	// A word that is not among them is stale or no pointer.
	Slots []int32

	// Pointers is where the part of the locals begins that may hold pointers;
	// it ends where the locals do. Below it are plain values, and what is handed
	// to the functions that this one calls.
	Pointers int32

	// ArgsUnknown: which argument words are live is not known; the rest is.
	ArgsUnknown bool

	// Objects are the variables whose address is taken. They are alive when
	// some live pointer leads to them.
	Objects []Object

	// Defers are the function's open-coded defers, nil when it has none.
	Defers *OpenDefers
}

// Object is a variable in a frame.
type Object struct {
	Offset   int32 // from the CFA
	Size     int32
	PtrBytes int32 // how many of its first bytes may hold pointers
}

// OpenDefers is where a function keeps its defers that the compiler laid out
// in the frame: one byte whose bit i is set when the i-th is pending, and for
// each of them a slot with its closure (a func value).
type OpenDefers struct {
	Bits  int32 // offset of the byte from the CFA
	Slots int32 // offset of the first slot from the CFA
}

type liveAt struct {
	live *Live
	err  error
}

// Bounds of what one frame may have. Frames of gigabytes are compiled, but
// their maps are not worth it: locals beyond 10 MB go to the heap.
const (
	maxMapWords = 1 << 21
	maxMaps     = 1 << 20
	maxObjects  = 1 << 14
)

// Live is what is live in the function's frame at a call that returns to pc,
// or at the function's entry. At any other pc the tables say nothing. The
// result is shared and must not be changed.
//
// It is what the runtime does before it scans or moves a stack:
// https://github.com/golang/go/blob/go1.26.8/src/runtime/stkframe.go#L157
func (f *Func) Live(pc uint64) (*Live, error) {
	l := f.t.live.get(pc, func() (liveAt, int) {
		live, err := f.computeLive(pc)
		if err != nil {
			return liveAt{err: fmt.Errorf("live words of %s at %#x: %w", f.Name, pc, err)}, 0
		}
		return liveAt{live: live}, 4*len(live.Slots) + 12*len(live.Objects)
	})
	return l.live, l.err
}

func (f *Func) computeLive(pc uint64) (*Live, error) {
	if f.t.gofunc == 0 || f.t.read == nil {
		return nil, errors.New("the program's function data was not found")
	}
	// The entry's map is the first, whatever the first instruction's is.
	index := int32(0)
	if pc != f.Entry {
		callPC := pc - 1
		if i, ok := f.pcdataAt(pcdataStackMap, callPC); ok && i >= 0 {
			index = i
		}
	}
	delta, ok := f.SPDelta(pc)
	if !ok {
		return nil, errors.New("the frame's size is not known")
	}
	top, argp := f.bases(delta)

	l := &Live{Pointers: int32(top)}
	sp := -delta - f.t.arch.returnAddr
	if top-sp > f.t.arch.minLocals {
		err := f.appendLive(l, funcdataLocals, index, (top-sp)/ptrSize, func(n int64) int64 {
			l.Pointers = int32(top - n*ptrSize)
			return top - n*ptrSize
		})
		if err != nil {
			return nil, err
		}
	}
	switch {
	case f.Args == ArgsUnknown:
		l.ArgsUnknown = true
	case f.Args > 0:
		err := f.appendLive(l, funcdataArgs, index, int64(f.Args)/ptrSize, func(int64) int64 { return argp })
		l.ArgsUnknown = err != nil
	}
	var err error
	if l.Objects, err = f.objects(top, argp); err != nil {
		return nil, err
	}
	l.Defers, err = f.openDefers(top)
	return l, err
}

// bases are where locals end and arguments begin, from the CFA. Between the
// locals and the CFA are the return address where a call pushes it, and the
// caller's frame pointer in every function that has a frame.
func (f *Func) bases(delta int64) (top, argp int64) {
	top = -f.t.arch.returnAddr
	if delta > 0 {
		top -= ptrSize
	}
	return top, f.t.arch.minFrame
}

// appendLive appends the words of one of a table of bitmaps (runtime.stackmap)
// that are set. The map is of room words at most, and begins at what base
// makes of their number.
func (f *Func) appendLive(l *Live, table int, index int32, room int64, base func(words int64) int64) error {
	addr := f.funcdataAddr(table)
	if addr == 0 {
		return errors.New("no stack map")
	}
	var head [8]byte
	if err := f.t.read(addr, head[:]); err != nil {
		return err
	}
	n := int32(binary.LittleEndian.Uint32(head[:]))
	nbit := int32(binary.LittleEndian.Uint32(head[4:]))
	if n <= 0 || n > maxMaps || nbit < 0 || int64(nbit) > min(room, maxMapWords) {
		return fmt.Errorf("stack map with %d maps of %d words", n, nbit)
	}
	if nbit == 0 {
		return nil
	}
	if index >= n {
		return fmt.Errorf("stack map %d of %d", index, n)
	}
	bits := make([]byte, (nbit+7)/8)
	if err := f.t.read(addr+8+uint64(index)*uint64(len(bits)), bits); err != nil {
		return err
	}
	from := base(int64(nbit))
	for i := range int(nbit) {
		if bits[i/8]>>(i%8)&1 != 0 {
			l.Slots = append(l.Slots, int32(from+int64(i)*ptrSize))
		}
	}
	return nil
}

// objects reads the function's stack objects: a count, then records of
// {offset, size, pointer bytes, mask}. A negative offset is from the top of
// the locals, another from the first argument.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/stack.go#L1372
func (f *Func) objects(top, argp int64) ([]Object, error) {
	addr := f.funcdataAddr(funcdataStackObjects)
	if addr == 0 {
		return nil, nil
	}
	var head [8]byte
	if err := f.t.read(addr, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(head[:])
	if n == 0 {
		return nil, nil
	}
	if n > maxObjects {
		return nil, fmt.Errorf("%d stack objects", n)
	}
	const size = 16
	b := make([]byte, n*size)
	if err := f.t.read(addr+8, b); err != nil {
		return nil, err
	}
	objects := make([]Object, n)
	for i := range objects {
		r := b[i*size:]
		off := int64(int32(binary.LittleEndian.Uint32(r)))
		if off < 0 {
			off += top
		} else {
			off += argp
		}
		ptr := int32(binary.LittleEndian.Uint32(r[8:]))
		if ptr < 0 {
			ptr = -ptr // up to Go 1.23: the mask is a program
		}
		o := Object{Offset: int32(off), Size: int32(binary.LittleEndian.Uint32(r[4:])), PtrBytes: ptr}
		if o.Size < 0 || o.PtrBytes < 0 || o.PtrBytes > o.Size || int64(o.Offset) != off {
			return nil, fmt.Errorf("stack object of %d bytes at %d", o.Size, off)
		}
		objects[i] = o
	}
	return objects, nil
}

// openDefers reads where open-coded defers are: two varints, from the top of
// the locals downwards. So since Go 1.22.
// https://github.com/golang/go/blob/go1.26.8/src/cmd/compile/internal/ssagen/ssa.go#L261
func (f *Func) openDefers(top int64) (*OpenDefers, error) {
	addr := f.funcdataAddr(funcdataOpenDefers)
	if addr == 0 {
		return nil, nil
	}
	var b [2 * binary.MaxVarintLen32]byte
	// Read what is there: the table may end with these few bytes.
	n := 0
	for ; n < len(b); n++ {
		if err := f.t.read(addr+uint64(n), b[n:n+1]); err != nil {
			break
		}
	}
	bits, k := uvarint(b[:n])
	slots, m := uvarint(b[k:n])
	if k == 0 || m == 0 || bits > 1<<30 || slots > 1<<30 {
		return nil, errors.New("open-coded defers cannot be read")
	}
	return &OpenDefers{Bits: int32(top) - int32(bits), Slots: int32(top) - int32(slots)}, nil
}
