// Package dap is a debug adapter: it stands between an editor and Delve's own
// debug adapter session, passes on everything, and adds the tasks.
//
//	editor ── Serve ── adapter ── backend: a Delve session behind a proxy
//	                              or a watcher: snapshots, for whatever Delve
//	                              does not debug and for what must not be
//	                              touched
//	                              or a seat in a room: one of the two, shared
//	                              with other clients
//
// The protocol: https://microsoft.github.io/debug-adapter-protocol. What this
// adapter adds to it is in docs/dap.md.
package dap
