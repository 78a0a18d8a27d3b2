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
//
// # Files
//
//	connections         server.go sameuser_*.go client.go adapter.go
//	launch and attach   start.go settings.go letgo.go
//	a Go program        gobackend.go proxy.go gostack.go goframes.go
//	its breakpoints     breakpoints.go under.go
//	what is watched     watch.go watched.go
//	several clients     room.go seat.go
//	one stop            stop.go
//	the debug panel     panel.go frames.go variables.go numbers.go
//	beyond the protocol custom.go console.go nodes.go problems.go
package dap
