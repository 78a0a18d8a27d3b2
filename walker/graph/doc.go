// Package graph is the model: everything dlv-async knows of one process at
// one moment, as plain data that has no way back to the process's memory.
//
// A walker describes what it reads to a [Builder]: tasks with their frames and
// waits, the resources and groups that the waits are on. [Builder.Seal] turns
// that into a [Snapshot]: references resolved, awaiters and cycles found, an
// order that does not change from run to run. Renderers and the debug adapter
// get the Snapshot and nothing else.
//
// The words are DESIGN's: a task waits on a resource or a group or another
// task; a group binds tasks to a scope in one task's frame; every edge says
// how it is known ([Evidence]). What is guessed and what is proven never mix.
//
// The package imports the standard library alone.
package graph
