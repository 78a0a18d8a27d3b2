// Package object reads Python objects from a CPython process's memory, of any
// version whose [layout.Layout] is given. Nothing runs in the target: no
// descriptor, no __repr__, no hash.
package object
