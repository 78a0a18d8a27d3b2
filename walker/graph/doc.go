// Package graph is the model: everything dlv-async knows of one process at
// one moment, as plain data that has no way back to the process's memory.
//
// A walker describes what it reads to a [Builder]: tasks with their frames and
// waits, the resources and groups that the waits are on. [Builder.Seal] turns
// that into a [Snapshot]: references resolved, awaiters and cycles found, an
// order that does not change from run to run. Renderers and the debug adapter
// get the Snapshot and nothing else.
//
// # Words
//
// They mean the same everywhere, in code, output and documents:
//
//	task          what a runtime schedules: a goroutine, an asyncio.Task
//	frame         one call in a task; a task's frames go from the innermost out
//	wait          what a task is suspended on: a verb, and what that is on
//	resource      what waits are on: a channel, a lock, a timer, a descriptor
//	holder        a task that has a resource which others want
//	awaiter       a task that cannot go on before another one ends or acts
//	group         tasks bound to a scope in one task's frame: an errgroup.Group
//	owner         the task that opened a group; its frame is the group's opening
//	creator       the task, and the place in it, that started a task
//	origin        whose code a frame is: user, library, stdlib, runtime
//	evidence      how an edge is known: proven or inferred, and by what
//	problem       a finding: a deadlock, or something that could not be read
//	continuation  where a task's logical backtrace goes on after its own frames
//
// What is guessed and what is proven never mix: what rests on one guess is one.
//
// # Where a backtrace goes on
//
// After the frames of a task the first of these rules that applies says where
// ([Continuation], [Snapshot.Backtrace]):
//
//  1. Scope: it is in a group whose opening is known. On in the owner, from the
//     frame that opened the group outwards, wherever the owner stands by now.
//  2. Join: tasks wait for it to end. On in each from the frame that waits, a
//     path for each. Who merely has a reference to it does not wait.
//  3. Hand-off: tasks wait on a resource that it alone has. So on in those, and
//     inferred: that it will serve them is not certain.
//  4. Creation: the place that started it, which is no await. On from there only
//     where more was recorded, or where that very call is still under way.
//
// A path that comes to a task which it has been in is a cycle, and ends there.
//
// The package imports the standard library alone.
//
// # Files
//
//	the model             model.go modeltask.go modelwait.go modelgroup.go
//	making one            builder.go taskindex.go seal.go: its steps in their order
//	                      resolve.go members.go number.go order.go detail.go share.go
//	looking things up     snapshot.go find.go names.go filter.go place.go redact.go
//	who waits for whom    relations.go edges.go adjacency.go outside.go wait.go
//	logical backtraces    backtrace.go continuation.go stacks.go
//	what all hangs on     why.go whyend.go causes.go causegraph.go cause*.go
//	problems              problems.go alike.go suppress.go
//	  circles             conditions.go scc.go deadlock.go cycle.go
//	  others              lockwait.go leak.go missing.go saturated.go pileup.go
//	the forest of tasks   forest.go forestbuild.go coalesce.go kinds.go
//	pictures, counts      picture.go stats.go diff.go
//	JSON                  jsontypes.go: the shapes; jsonwrite.go tojson.go
//	                      jsonread.go fromjson.go jsondetail.go json*.go: a view each
//	in tests              validate.go
package graph
