// Package cpython walks the tasks of asyncio and of Trio (trio.go), and the
// threads, of a CPython process.
//
// # The object graph
//
// Everything hangs from one symbol, _PyRuntime
// (https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_runtime.h):
//
//	_PyRuntime ──▶ PyInterpreterState ──▶ next …          one a sub-interpreter
//	                ├─ PyThreadState ──▶ next …           its Python frames
//	                ├─ sys.modules ──▶ _asyncio, asyncio.tasks ──▶ the sets of tasks (to 3.13)
//	                └─ asyncio_tasks_head                  and lists of tasks (from 3.14)
//
//	Task ── task_coro ──▶ coroutine ──▶ frame ── top of its value stack ──▶ coroutine …
//	     ── task_fut_waiter ──▶ Future | Task | _GatheringFuture      what it waits for
//	     ── fut_callbacks ──▶ wake-ups, closures, bound methods        who waits for it
//
// A task is a chain of coroutines, each of which has the next one on top of
// its value stack. The innermost one stands in a function of asyncio that
// made a Future and yields it: which function that is and what its self is
// say what the task waits for. Who else wants that Future, Lock or Queue is in
// the object itself.
//
// # Groups and holders
//
// An open "async with M" leaves M's __aexit__ on its frame's value stack. So the
// frame that opened a TaskGroup is known, wherever its owner stands now, and so
// is who holds an asyncio.Lock, which has no field for it.
//
// # The capture
//
// Python's objects lie all over its heap, each found through the one before.
// A capture therefore takes all memory that is the process's own, if that is
// not too much; else Walk runs once while the process stands still, so that
// all that it touches is kept. Either way Walk has the same memory afterwards.
//
// # Variables
//
// With [walker.Options].Locals frames have their variables, and the outermost
// frame of a task its context variables ("ContextVar request"). Values are made
// from memory, never by code of the target's. Those of names such as password,
// token and api_key stay hidden, as variables, attributes and keys of dicts
// (secretWords has the list), and so do those that Django's
// sensitive_variables names.
//
// # Versions and limits
//
// CPython 3.8 to 3.15 with the GIL, x86-64 Linux, with or without symbols; the
// layouts are package layout's. Free-threaded builds and PyPy are refused.
// Coroutines of Cython show by their names, without lines.
//
// # Files
//
// Begin with walk.go, the walk from its first step to the last.
//
//	is there CPython          cpython.go interpreters.go
//	tasks                     tasks.go future.go trio.go heap.go: those in no list
//	their frames              frames.go locals.go contextvars.go origin.go
//	what they wait on         awaitable.go, wait_*.go: a file a sort
//	                          callbacks.go completions.go handles.go deadlines.go
//	their groups              groups.go groups_*.go openers.go
//	who has locks             managers.go holders.go
//	how they were created,    created.go
//	are cancelled, and end    cancels.go scopes_*.go ended.go errors.go
//	threads                   threads.go threads_*.go thread_*.go syscall.go
//	executors                 executors.go
//	what is wrong             findings.go unset.go blocked_loop.go thread_blocked.go
//	requests that are served  serving.go
//	loops and what they count stats.go uvloop.go
//	values, names, secrets    attrs.go repr.go secrets.go
package cpython
