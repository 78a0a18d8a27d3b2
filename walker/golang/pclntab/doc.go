// Package pclntab reads the tables that the Go linker writes for the
// runtime's own tracebacks: which function a PC is in, how large its frame is
// there, its file and line, what was inlined, and which words of its frame
// hold live pointers. They are in every Go binary, also in one that was
// stripped of symbols and DWARF.
//
// The format is that of Go 1.20 and later, as the runtime reads it:
// https://github.com/golang/go/blob/go1.26.8/src/runtime/symtab.go and
// https://github.com/golang/go/blob/go1.26.8/src/runtime/runtime2.go#L1072.
//
// A [Table] is one module's. [Load] finds one through the module's sections
// and its moduledata in the process; [New] takes the plain parts.
//
// The bytes come from a file or a process and may be anything: offsets are
// checked, loops are bounded, and what makes no sense is "not known".
package pclntab
