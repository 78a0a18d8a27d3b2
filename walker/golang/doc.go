// Package golang walks the goroutines of a Go process.
//
// # The object graph
//
// What the runtime keeps of goroutines, and what this package reads of it
// (https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L473):
//
//	runtime.allgs ──▶ []*g
//	                   g ── goid, atomicstatus, waitreason, waitsince, startpc
//	                     ── parentGoid, gopc        who started it, and where
//	                     ── stack, sched, syscallsp its frames, by pclntab
//	                     ── waiting ──▶ sudog ──▶ waitlink ──▶ sudog …  (select: one a case)
//	                     │               ├─ c    ──▶ hchan   a channel, with recvq and sendq of sudogs
//	                     │               └─ elem ──▶ a semaphore word, or a sync.Cond's notifyList
//	                     └─ sleepWhen, timer        when a sleep is over
//
//	runtime.semtable ──▶ 251 treaps of sudogs       up to Go 1.25 the only way from a
//	                                                goroutine to the semaphore it waits on
//	a frame of internal/poll ──▶ pollDesc{fd, rg, wg}   rg or wg points back at the g
//
// A Mutex, RWMutex and WaitGroup are their semaphore's neighbours: the wait
// reason and the frames say which of them it is, and where it begins.
//
// # Groups
//
// Go has no structured concurrency of its own. A group is a sync.WaitGroup or
// an errgroup.Group; its members are the goroutines that have yet to call
// Done. The wrapper that started a goroutine (errgroup's Group.Go, WaitGroup's
// Go) holds the group in its frame for as long as the goroutine runs, in a
// slot that the compiler's stack map calls live: that is proof. A goroutine
// started by a plain go statement that has the WaitGroup's address in a live
// slot is a likely member: that is inferred, and only believed while there are
// no more of them than the group's counter says. Words on a stack that no
// stack map calls live are left alone: they are often another function's.
//
// Beside these, each in a file groups_*.go: the pools of package conc, synctest
// bubbles, an http.Server's connections, worker pools (goroutines of one start
// that receive from one channel again and again), and those that one context
// ends.
//
// # What is reachable
//
// Where all memory is at hand, a core's or what --capture heap took, package heap
// reads the objects that there are, and reach*.go what leads where: from the stacks
// of those who can run, by the compiler's maps (reach_stack.go), from threads,
// variables, finalizers (reach_roots.go). Whoever waits for what only those
// reach who are stuck themselves has leaked (leaks.go, joined with what the
// runtime marked itself); who could serve a wait is in otherends.go. What is
// not known to be dead counts as alive, and a doubt anywhere makes it unknown.
//
// # Two halves
//
// Collect runs while the target stands still and does no more than find the
// next addresses to read: each round is one batch. Walk interprets what was
// read. What was read of one goroutine is in goroutine.go.
//
// # Versions and limits
//
// Go 1.22 to 1.27 on amd64 are tested. Structure layouts come from the
// target's own DWARF; where a structure changed between versions the presence
// of a field decides (sudog.elem is a pointer up to 1.25 and a
// maybeTraceablePtr after; g.waiting leads to semaphores from 1.26 on). For
// programs without DWARF, such as go run and go test make, they come from a
// table (layouts.txt) that a test holds against the DWARF of the same versions;
// without symbols either, runtime.allgs is found by what it looks like.
//
// Goroutines that are on a CPU at the moment of the capture have the frames
// their thread's registers lead to. Frames of C code are not shown. Nothing in
// Go's memory says who holds a lock: their code does (holders.go, lockcode).
//
// # Files
//
// Begin with collect.go and walk.go, the two halves from their first step to the last.
//
//	is there Go, and which        golang.go modules.go version.go
//	layouts of structures         layout.go resolver.go shapes.go layouts.txt
//	variables, types, values      globals.go types.go values.go
//	one goroutine                 goroutine.go status.go reserve.go
//	its sudogs, and their queues  sudogs.go semtable.go queues.go byaddress.go
//	its stack, and live words     stacks.go live.go seek.go ownwords.go
//	its frames                    frames.go shards.go running.go origin.go
//	what it waits on              awaitable.go, wait_*.go: a file a sort; library.go: of libraries
//	                              fd.go buffers.go context_*.go timers_*.go asleep.go
//	its groups                    groups.go, groups_*.go: a file a sort
//	who has locks                 holders.go claims.go abandoned.go tokens.go
//	who has connections           sql_users.go transport_users.go
//	what is reachable, who leaks  reach*.go heap*.go otherends.go leaks.go
//	what it does, in words        reasons.go phase.go conditions.go
//	whom it serves                http*.go serving.go testing.go
//	how its calls, or all, end    panics.go defers.go crash.go
//	what else is told of it       labels*.go locals.go ancestors.go system.go
//	the scheduler                 clock.go stats.go
//	what could not be read        torn.go unread.go misses.go wanting.go
package golang
