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
//
// # Files
//
// A view has a file of its name. Below these:
//
//	where lines go     page.go text.go theme.go safe.go columns.go table.go
//	frames, places     frames.go names.go place.go head.go
//	what a task does   wait.go waitkinds.go gowaits.go waitawait.go detail.go
//	the same of many   alike.go census.go things.go words.go phrases.go
//	a forest, drawn    node.go fold.go queue.go references.go
//	chains of waits    causes.go whyends.go
//	above and below    header.go caveats.go
//	pictures           picture.go layered.go svg.go html.go dot.go mermaid.go
package render
