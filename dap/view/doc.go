// Package view says how a snapshot looks in an editor's debug panel: as
// threads, as frames of a call stack, as variables, as nodes of a tree. It is
// pure: a snapshot goes in, and what the protocol is told comes out.
package view
