// Program layouts has variables of every kind of type, with known values.
//
// A correct reader says of main.all, and of what main.top points to:
//
//	Embedded.N 7, through an embedded structure by its type's bare name
//	I8 -8, I16 -16, I32 -32, I64 -64, U8 8, U16 16, U32 32, U64 1<<63|64
//	Bool true, Counter (atomic.Int32) -5, Pointer (atomic.Pointer) to leaf
//	Text "grüß dich", Empty "", Bytes 0 to 9, Words 1<<40 and on for 5, NoSlice nil
//	Array {1, 2, 3}, Matrix[1][2] 12, Leaf nil, Leaves of three, number 3 nil
//	Any holds an int, Stringer a leaf, Chan has length 1 of 4, Map 2 keys
//	Odd {1, "one"}, Blank is followed by After 99
//	Addr its own address as a uintptr
package main

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	odd "example.com/targets/layouts/odd.v2"
	"example.com/targets/ready"
)

type embedded struct{ N int }

type leaf struct {
	id   uint16
	name string
}

func (l *leaf) String() string { return l.name }

type kinds struct {
	embedded
	I8       int8
	I16      int16
	I32      int32
	I64      int64
	U8       uint8
	U16      uint16
	U32      uint32
	U64      uint64
	Bool     bool
	F32      float32
	F64      float64
	C128     complex128
	Counter  atomic.Int32
	Pointer  atomic.Pointer[leaf]
	Text     string
	Empty    string
	Bytes    []byte
	Words    []uint64
	NoSlice  []uint64
	Array    [3]int32
	Matrix   [2][3]int64
	Leaf     *leaf
	Leaves   []*leaf
	Any      any
	Stringer fmt.Stringer
	Chan     chan int
	Map      map[string]int
	Func     func()
	Odd      odd.Pair[int, string]
	Blank    struct{}
	After    int
	Addr     uintptr
	Unsafe   unsafe.Pointer
}

var (
	all = kinds{
		embedded: embedded{7},
		I8:       -8, I16: -16, I32: -32, I64: -64, U8: 8, U16: 16, U32: 32, U64: 1<<63 | 64,
		Bool: true, F32: 1.5, F64: 2.5, C128: complex(1, 2),
		Text: "grüß dich", Bytes: []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
		Words:  []uint64{1 << 40, 1<<40 + 1, 1<<40 + 2, 1<<40 + 3, 1<<40 + 4},
		Array:  [3]int32{1, 2, 3},
		Matrix: [2][3]int64{{0, 1, 2}, {10, 11, 12}},
		Leaves: []*leaf{{1, "one"}, {2, "two"}, nil},
		Any:    4, Stringer: &leaf{5, "five"},
		Chan: make(chan int, 4), Map: map[string]int{"one": 1, "two": 2},
		Odd: odd.Pair[int, string]{First: 1, Second: "one"}, After: 99,
	}
	top = &all
)

func main() {
	all.Counter.Store(-5)
	all.Pointer.Store(&leaf{6, "six"})
	all.Chan <- 1
	all.Func = func() {}
	all.Addr = uintptr(unsafe.Pointer(&all))
	all.Unsafe = unsafe.Pointer(&all)
	never := make(chan int)
	ready.When(ready.Parked(1, "chan receive", "main.main"))
	<-never
	fmt.Println(top, odd.Ring, native())
}
