// Package render turns a sealed [graph.Snapshot] into text for people, one
// file a view: [Report], [Tree], [Tasks], [Where], [Why], [Stacks], [Groups],
// [Resources], [Stats] and [Problems]; into pictures, as [SVG], as a page
// of [HTML], or in the languages [DOT] and [Mermaid]; and into JSON for programs.
//
// Text comes from the target and is data: a name may hold an escape sequence.
// Everything that a view prints goes through [text.add], which makes it
// harmless ([safe]), and through [page], which keeps every line within the
// width. Colours are added after both, so nothing in a target can reach the
// terminal as anything but visible characters.
//
// Words are chosen for someone who has never seen the program: what a task
// waits for is said in plain English, what is a guess is called inferred, a
// lower bound is called one, and what was cut is counted.
package render
