// Package dlvext is all that touches a target: it turns a live process, a
// core dump, a recording or the stopped target of a Delve session into an
// [Image], one process at one moment, read-only; and it is the home of
// everything Delve but the debug adapter's session.
//
// An Image is memory, modules and threads. [Image.Target] puts a Delve
// backend over it, so that Delve's symbols, unwinder and evaluator work on a
// capture, a core and a recording alike, and cannot write to any of them:
// there is nothing behind that could.
//
// Reads are all or an error ([*Fault]) that names the address, the length and
// why. There are no zeros on failure, no allocation of a size that the target
// chose, no walk over target data without a bound.
package dlvext
