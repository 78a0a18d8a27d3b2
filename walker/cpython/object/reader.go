package object

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// Ref is the address of a PyObject; 0 is NULL.
type Ref uint64

// Reader reads objects. It serves one goroutine; readers of one image can
// work side by side.
//
// Errors are sticky: the first read that fails is kept, and from then on every
// method returns a zero value until [Reader.Take] is called. So a caller reads
// all that it wants to know of one thing, then asks once whether that is true.
//
// What it returns of the target's memory is not to be changed. A reader keeps
// what it read: of a process that runs on, a new one has to be made.
type Reader struct {
	mem   dlvext.Memory
	l     *layout.Layout
	err   error
	exact bool // the image is being recorded: no byte too many

	blocks bool // of pages are read together
	word   [8]byte
	fuel   int64 // places of tables that may still be looked at

	lines [cacheLines]line
	pages map[uint64]*page // by number; nil: it cannot be read whole

	single map[uint64]bool // blocks that cannot be read at once, by their first page

	types map[Ref]*Type
	last  *Type // of the last object that was asked about
	none  Ref   // None, once it was seen

	interned map[string]Ref   // keys that were looked up: the object they were the last time
	names    map[Ref]string   // names in code, by their str
	free     map[Ref][]string // of code objects: the names of their free variables
}

const (
	pageSize   = 4096
	cacheLines = 4096
	maxPages   = 1 << 18 // in the cache: a gigabyte; of most sources it is their own memory
)

type page [pageSize]byte

// line is an entry of the direct-mapped cache before the map of pages.
type line struct {
	number uint64
	data   *page
}

// noPage is the number of no page.
const noPage = ^uint64(0)

// maxBytes bounds one read. What may be larger is read in parts.
const maxBytes = 1 << 24

// NewReader makes a reader of an image of a process that runs CPython of this
// layout.
func NewReader(img *dlvext.Image, l *layout.Layout) *Reader {
	r := &Reader{
		mem:   img.Memory,
		l:     l,
		exact: dlvext.ReadSet(img) != nil,

		blocks: img.Source == "attach" && !img.Whole,
		fuel:   math.MaxInt64,
		pages:  map[uint64]*page{},

		single: map[uint64]bool{},
		types:  map[Ref]*Type{},

		interned: map[string]Ref{},
		names:    map[Ref]string{},
		free:     map[Ref][]string{},
	}
	for i := range r.lines {
		r.lines[i].number = noPage
	}
	return r
}

// Layout returns the layout that the reader goes by.
func (r *Reader) Layout() *layout.Layout { return r.l }

// Err returns the first failure since the last Take, a [*dlvext.Fault] or an
// error that says what is wrong with an object.
func (r *Reader) Err() error { return r.err }

// Take returns what Err does and clears it, so that the next thing can be read.
func (r *Reader) Take() error {
	err := r.err
	r.err = nil
	return err
}

// Fail notes a failure: an object that cannot be what it claims to be. Only
// the first one is kept.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *Reader) failf(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// errFuel is the failure of what would go through more than it may.
var errFuel = errors.New("there is too much to go through")

// spend is called for each place of a table that is looked at. What bounds the
// items of a value does not bound the empty places between them.
func (r *Reader) spend() {
	if r.fuel--; r.fuel < 0 {
		r.Fail(errFuel)
	}
}

// U64 reads the word at addr.
func (r *Reader) U64(addr uint64) uint64 {
	if l, at := &r.lines[addr/pageSize%cacheLines], addr%pageSize; l.number == addr/pageSize && at <= pageSize-8 && r.err == nil {
		return binary.LittleEndian.Uint64(l.data[at:])
	}
	if b := r.small(addr, 8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// I64 reads the word at addr as a signed number.
func (r *Reader) I64(addr uint64) int64 { return int64(r.U64(addr)) }

// U32 reads 4 bytes at addr.
func (r *Reader) U32(addr uint64) uint32 {
	if b := r.small(addr, 4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// I32 reads 4 bytes at addr as a signed number.
func (r *Reader) I32(addr uint64) int32 { return int32(r.U32(addr)) }

// U8 reads the byte at addr.
func (r *Reader) U8(addr uint64) uint8 {
	if b := r.small(addr, 1); b != nil {
		return b[0]
	}
	return 0
}

// I8 reads the byte at addr as a signed number.
func (r *Reader) I8(addr uint64) int8 { return int8(r.U8(addr)) }

// Ref reads the pointer at addr.
func (r *Reader) Ref(addr uint64) Ref { return Ref(r.U64(addr)) }

// at returns the address of a field.
func (o Ref) at(offset int) uint64 { return uint64(o) + uint64(int64(offset)) }

// Bytes reads n bytes at addr; nil when it cannot. More than 16 MB are no
// object's that this package knows, and an error.
func (r *Reader) Bytes(addr uint64, n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > maxBytes {
		r.failf("an object at %#x claims to have %d bytes", addr, n)
		return nil
	}
	if b := r.peek(addr, n); b != nil {
		return b
	}
	buf := make([]byte, n)
	if err := r.mem.Read(addr, buf); err != nil { // once more, for the reason
		r.Fail(err)
		return nil
	}
	return buf
}

// peek is Bytes of what may not be there.
func (r *Reader) peek(addr uint64, n int) []byte {
	if at := addr % pageSize; at+uint64(n) <= pageSize {
		if p := r.page(addr / pageSize); p != nil {
			return p[at : at+uint64(n) : at+uint64(n)]
		}
	}
	return dlvext.ReadMany(r.mem, []dlvext.Range{{Addr: addr, Len: n}})[0]
}

// small reads up to 8 bytes, which are good until the next call.
func (r *Reader) small(addr uint64, n int) []byte {
	if r.err != nil {
		return nil
	}
	if at := addr % pageSize; at+uint64(n) <= pageSize {
		if p := r.page(addr / pageSize); p != nil {
			return p[at : at+uint64(n)]
		}
	}
	if err := r.mem.Read(addr, r.word[:n]); err != nil {
		r.Fail(err)
		return nil
	}
	return r.word[:n]
}

// page returns a page by its number; nil when it cannot be read whole.
func (r *Reader) page(number uint64) *page {
	l := &r.lines[number%cacheLines]
	if l.number == number {
		return l.data
	}
	if r.exact {
		return nil
	}
	p, ok := r.pages[number]
	if !ok {
		p = r.readPage(number)
	}
	if p != nil {
		*l = line{number: number, data: p}
	}
	return p
}

// block is how many pages of a live process are read together: a page alone
// takes as long as sixteen at once. Of what was copied or saved there is
// nothing to gain.
const block = 16

// readPage reads a page, and those around it where all of them are there.
func (r *Reader) readPage(number uint64) (p *page) {
	if len(r.pages)+block > maxPages {
		clear(r.pages)
	}
	first := number / block * block
	if r.blocks && !r.single[first] {
		if b := r.run(first, block); b != nil {
			for i := range uint64(block) {
				r.pages[first+i] = (*page)(b[i*pageSize:])
			}
			return r.pages[number]
		}
		r.single[first] = true
	}
	if b := r.run(number, 1); b != nil {
		p = (*page)(b)
	}
	r.pages[number] = p
	return p
}

// run reads n pages; nil when it cannot.
func (r *Reader) run(first uint64, n int) []byte {
	return dlvext.ReadMany(r.mem, []dlvext.Range{{Addr: first * pageSize, Len: n * pageSize}})[0]
}

// CString reads a string that ends with a zero byte; a longer one than
// walker.MaxString is cut.
func (r *Reader) CString(addr uint64) string {
	if r.err != nil {
		return ""
	}
	var out []byte
	const step = 64 // never across a page, which may be the last
	for len(out) < maxString {
		n := min(step-addr%step, uint64(maxString-len(out)))
		b := r.peek(addr, int(n))
		if b == nil {
			n = 1 // it may end before what cannot be read
			if b = r.Bytes(addr, 1); b == nil {
				return ""
			}
		}
		for i, c := range b {
			if c == 0 {
				return validUTF8(append(out, b[:i]...))
			}
		}
		out = append(out, b...)
		addr += n
	}
	return validUTF8(out)
}
