package golang

import (
	"testing"

	"pgregory.net/rapid"
)

// What is kept by address is found as in a map, also where things overlap, which
// nothing in sound memory does.
func TestByAddressIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have, want := newByAddress[int](), map[uint64]*int{}
		addrs := rapid.SliceOf(rapid.Uint64Range(1, 1<<13)).Draw(t, "addresses")
		for i, addr := range addrs {
			place := have.place(addr)
			if *place != want[addr] {
				t.Fatalf("at %#x is %v, want %v", addr, *place, want[addr])
			}
			thing := &i
			if i%5 == 4 {
				thing = nil // it is taken away again
			}
			*place, want[addr] = thing, thing
		}
		for addr := range uint64(1 << 13) {
			if have.at(addr) != want[addr] {
				t.Fatalf("at %#x is %v, want %v", addr, have.at(addr), want[addr])
			}
		}
	})
}
