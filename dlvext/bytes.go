package dlvext

import "runtime"

// NewImage makes an image from bytes in hand: memory is what lies at each
// address. It is for tests. What the modules' files supply can be read too;
// all else is a [*Fault] that says "not there".
func NewImage(memory map[uint64][]byte, modules ...*Module) *Image {
	pieces := make([]piece, 0, len(memory))
	for addr, data := range memory {
		pieces = append(pieces, piece{addr: addr, size: len(data), data: data})
	}
	return &Image{
		Source:  "bytes",
		Arch:    runtime.GOARCH,
		Memory:  newSparse(pieces, modules, "not there"),
		Modules: modules,
	}
}
