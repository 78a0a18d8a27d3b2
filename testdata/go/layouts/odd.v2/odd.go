// Package odd has a dot in the last element of its import path, which the
// linker writes as %2e in symbols and in debug information.
package odd

// Pair is generic, so that its instances have such a path in brackets too.
type Pair[A, B any] struct {
	First  A
	Second B
}

// Node has a variable of its own.
type Node struct {
	Name string
	Next *Node
}

// Ring is a node that is its own next.
var Ring = &Node{Name: "ring"}

func init() { Ring.Next = Ring }
