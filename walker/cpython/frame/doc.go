// Package frame reads code objects, line tables and the interpreter's frames
// from a CPython process's memory.
package frame
