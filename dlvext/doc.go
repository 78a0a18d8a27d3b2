// Package dlvext is all that touches a target: it turns a live process, a
// core dump, a recording or the stopped target of a Delve session into an
// [Image], one process at one moment, read-only; and it is the home of
// everything Delve but its debug adapter's session and its prompt.
//
// An Image is memory, modules and threads. [Image.Target] puts a Delve
// backend over it, so that Delve's symbols, unwinder and evaluator work on a
// capture, a core and a recording alike, and cannot write to any of them:
// there is nothing behind that could.
//
// Reads are all or an error ([*Fault]) that names the address, the length and
// why. There are no zeros on failure, no allocation of a size that the target
// chose, no walk over target data without a bound.
//
// # Files
//
//	an image             image.go memory.go registers.go syscall.go bytes.go
//	its modules          module.go module_*.go: symbols, notes, debug files
//	types and values     types.go types_*.go: from DWARF, or from Go's runtime
//	                     value.go value_parts.go: one cursor over both
//	a live process       process.go process_*.go
//	  of /proc           procfs_linux.go ps.go ps_*.go family_linux.go access_linux.go
//	  its stop           seize_linux.go hold_linux.go bell_linux.go deadman_linux.go
//	                     held_linux.go threads_linux.go
//	  what is copied     capture_linux.go capturing_linux.go scan_linux.go heap_linux.go
//	                     vmread_linux.go sparse.go arena_linux.go room_*.go
//	a core dump          core.go core_read.go: its steps in their order; core_*.go
//	a recording          recorder.go recorder_module.go recording.go recording_*.go
//	a headless Delve     connect.go connect_*.go
//	a Delve over these   target.go target_*.go
package dlvext
