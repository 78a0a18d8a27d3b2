// Package declared walks the tasks, groups and awaitables of a Go program's own
// making: of a scheduler, a workflow engine, an actor system. A declaration says
// what is what: a few lines of TOML that name types and, by paths of fields, where
// in them things stand.
//
// # Files
//
//	declaration.go  what can be declared, and how it is read; position.go: where
//	                in the file what is wrong stands
//	path.go         paths of fields, and conditions
//	value.go        values that paths lead to: pointers, atomics; held.go: what
//	                interfaces hold; words.go: values in words
//	elements.go     the elements of slices and lists; maps.go: of maps
//	check.go        whether a declaration fits a program, by its types alone
//	declared.go     the declarations as runtimes
//	objects.go      from roots to everything declared that they lead to
//	stacks.go       what words on stacks lead to
//	heap.go         what typed pointers lead to, from all variables there are, by
//	                plans (heap_plan.go), value by value (heap_values.go)
//	heap_typed.go   large objects, which have their type with them
//	stands.go       in whose method a task's goroutine stands
//	ids.go          what a task is called, and which goroutine runs it
//	walk.go         what was found, as tasks, groups and resources
//
// # How it is read
//
// A path is followed in the target's memory by the types of its debug
// information. All that is read of it is bounded, and every object is visited
// once, so that what points in circles comes to an end.
//
// A declared task that a goroutine runs is that goroutine: what is declared of
// it is laid over what the Go walker found, so that logical backtraces of
// goroutines run through it. Any other is a task of its own.
package declared
