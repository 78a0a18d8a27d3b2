package render_test

import (
	"fmt"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// now is when the samples are looked at.
var now = time.Date(2026, 11, 20, 3, 4, 5, 0, time.UTC)

// sample builds the snapshots of the tests: programs as walkers describe them.
type sample struct{ *graph.Builder }

func newSample(p graph.Process) sample {
	b := sample{graph.NewBuilder("dlv-async test")}
	b.Process(p)
	return b
}

func (b sample) goRuntime(tasks int) *graph.Runtime {
	r := &graph.Runtime{ID: "go", Name: "go", Version: "go1.26.8", Layout: "dwarf", Tasks: tasks, Complete: true,
		Stats: []graph.Attr{{Key: "processors", Value: 8}, {Key: "processors_idle", Value: 7}, {Key: "run_queue", Value: 0}, {Key: "gc", Value: "off"}}}
	b.Runtime(r)
	return r
}

func user(fn, file string, line int) *graph.Frame {
	return &graph.Frame{
		Func: "example.com/shop/" + fn, Module: "example.com/shop/orders", File: "/src/shop/orders/" + file, Line: line,
		PC: 0x4a0000, Origin: graph.OriginUser,
	}
}

func mainFrame(fn string, line int) *graph.Frame {
	return &graph.Frame{Func: "main." + fn, Module: "main", File: "/src/shop/main.go", Line: line, Origin: graph.OriginUser}
}

func library(fn, file string, line int) *graph.Frame {
	return &graph.Frame{Func: fn, File: "/go/pkg/mod/" + file, Line: line, Origin: graph.OriginLibrary}
}

func std(fn, file string, line int) *graph.Frame {
	return &graph.Frame{Func: fn, File: "/usr/local/go/src/" + file, Line: line, Origin: graph.OriginStdlib}
}

func hidden(fn, file string, line int) *graph.Frame {
	return &graph.Frame{Func: fn, File: "/usr/local/go/src/runtime/" + file, Line: line, Origin: graph.OriginRuntime, Hidden: true}
}

var (
	park      = hidden("runtime.gopark", "proc.go", 460)
	goexit    = hidden("runtime.goexit", "asm_amd64.s", 1771)
	groupGo   = library("golang.org/x/sync/errgroup.(*Group).Go.func1", "errgroup.go", 93)
	groupWait = library("golang.org/x/sync/errgroup.(*Group).Wait", "errgroup.go", 56)
	serve     = std("net/http.(*conn).serve", "net/http/server.go", 2102)
	netRead   = []*graph.Frame{
		park, hidden("runtime.netpollblock", "netpoll.go", 575),
		std("internal/poll.(*FD).Read", "internal/poll/fd_unix.go", 165),
		std("net.(*conn).Read", "net/net.go", 196),
	}
)

// stack returns copies of the frames, which a test may change, and goexit.
func stack(frames ...*graph.Frame) []*graph.Frame {
	var out []*graph.Frame
	for _, f := range append(frames, goexit) {
		f := *f
		out = append(out, &f)
	}
	return out
}

// task adds a goroutine with the frames between gopark and goexit.
func (b sample) task(n int, w *graph.Wait, frames ...*graph.Frame) *graph.Task {
	t := &graph.Task{
		ID: graph.TaskID(fmt.Sprintf("go:%d", n)), Runtime: "go", NativeID: fmt.Sprint(n), Kind: "goroutine",
		State: graph.StateWaiting, Frames: stack(append([]*graph.Frame{park}, frames...)...),
	}
	if w == nil {
		t.State = graph.StateRunning
	} else {
		t.Waits = []graph.Wait{*w}
	}
	b.Task(t)
	return t
}

var (
	proven  = graph.Evidence{Confidence: graph.Proven, How: "g.waiting → sudog.c"}
	guessed = graph.Evidence{Confidence: graph.Inferred, How: "deferred Unlock"}
	wrapper = graph.Evidence{Confidence: graph.Proven, How: "slot of the wrapper's frame"}
	onStack = graph.Evidence{Confidence: graph.Inferred, How: "its address is live there"}
)

func byServe() *graph.Creation {
	return &graph.Creation{Task: "go:1", At: std("net/http.(*Server).Serve", "net/http/server.go", 3454)}
}

func on(kind graph.WaitKind, r *graph.Resource) *graph.Wait {
	return &graph.Wait{Kind: kind, Resource: r.ID, Frame: 1, Evidence: proven}
}

func (b sample) channel(addr uint64, typ string, length, size int64) *graph.Resource {
	r := b.Resource("chan", addr)
	r.Type = typ
	r.Detail = []graph.Attr{{Key: "len", Value: length}, {Key: "cap", Value: size}, {Key: "closed", Value: false}}
	return r
}

func (b sample) mutex(addr uint64, waiters int64, holder graph.TaskID) *graph.Resource {
	r := b.Resource("mutex", addr)
	r.Type = "sync.Mutex"
	r.Detail = []graph.Attr{{Key: "locked", Value: true}, {Key: "waiters", Value: waiters}}
	if holder != "" {
		r.Holders = []graph.Holder{{Task: holder, Evidence: guessed}}
	}
	return r
}

func (b sample) socket(addr uint64, fd int64, local, remote string) *graph.Resource {
	r := b.Resource("fd", addr)
	r.Detail = []graph.Attr{{Key: "fd", Value: fd}, {Key: "local", Value: local}, {Key: "remote", Value: remote}}
	return r
}

// stuck is a service at night: two transfers that wait for each other with
// requests queued behind, a leak, and what else lives in such a process.
func stuck() *graph.Snapshot { return stuckWith(1003, 200) }

// stuckWith has so many tasks that leaked, and so many idle connections.
func stuckWith(leaked, idle int) *graph.Snapshot {
	b := newSample(graph.Process{
		Source: "attach", PID: 4242, Exe: "/srv/bin/orders", Arch: "amd64", CapturedAt: now, Stopped: 11 * time.Millisecond,
	})
	b.goRuntime(0)

	services := b.Group("errgroup.Group", 0x3e8ac0014040)
	services.Owner, services.Outstanding, services.Evidence = "go:1", 4, wrapper
	services.OpenedAt = &graph.Opening{Task: "go:1", Frame: 2, Evidence: onStack}
	b.task(1, &graph.Wait{Kind: graph.WaitWaitGroup, Group: services.ID, Frame: 1, Since: 190 * time.Second, Evidence: proven},
		groupWait, mainFrame("run", 38), mainFrame("main", 40))

	jobs := b.channel(0x3e8ac00b0000, "chan example.com/shop/orders.Job", 0, 16)
	worker := b.task(18, on(graph.WaitChanReceive, jobs), user("orders.(*Worker).Run", "worker.go", 44), groupGo)
	worker.Groups = []graph.GroupID{services.ID}
	for i, n := range []int{20, 21} {
		db := b.socket(0x7f0000001000+uint64(i)*0x100, int64(11+i), "10.0.0.7:43210", "127.0.0.1:5432")
		t := b.task(n, on(graph.WaitNetwork, db))
		t.Frames = stack(append(netRead,
			library("github.com/jackc/pgx/v5/pgconn.(*PgConn).peekMessage", "pgconn.go", 584),
			user("orders.(*Catalog).Refresh", "catalog.go", 51), groupGo)...)
		t.Groups = []graph.GroupID{services.ID}
	}
	timer := b.Resource("timer", 0x3e8ac0070000)
	timer.Detail = []graph.Attr{{Key: "due_in_ms", Value: 2100 * time.Millisecond}, {Key: "period_ms", Value: 5 * time.Second}}
	done := b.Resource("context", 0x3e8ac0071000)
	done.Type = "*context.cancelCtx"
	ticker := b.task(22, &graph.Wait{Kind: graph.WaitSelect, Frame: 1, Since: time.Minute, Evidence: proven, Branches: []graph.Wait{
		*on(graph.WaitTimer, timer), *on(graph.WaitContext, done), *on(graph.WaitChanReceive, jobs), *on(graph.WaitChanSend, jobs),
	}}, user("orders.(*Store).Expire", "store.go", 61), groupGo)
	ticker.Groups = []graph.GroupID{services.ID}

	a := b.mutex(0x3e8ac0112000, 3, "go:41")
	c := b.mutex(0x3e8ac0112010, 1, "go:42")
	transfer := user("orders.(*Store).Transfer", "store.go", 88)
	lock := std("sync.(*Mutex).Lock", "sync/mutex.go", 46)
	handle := user("orders.(*Server).handle", "server.go", 71)
	wants := on(graph.WaitMutex, c)
	wants.Since = 190 * time.Second
	serves := func(t *graph.Task, what string, age time.Duration) {
		t.CreatedBy = byServe()
		t.Detail = []graph.Attr{{Key: graph.DetailServes, Value: what}}
		if age > 0 {
			t.Detail = append(t.Detail, graph.Attr{Key: graph.DetailRequestAge, Value: age})
		}
	}
	serves(b.task(41, wants, lock, transfer, handle, serve), "an HTTP request", 195*time.Second)
	wants = on(graph.WaitMutex, a)
	wants.Since = 190 * time.Second
	serves(b.task(42, wants, lock, transfer, handle, serve), "an HTTP request", 191*time.Second)
	for n := 43; n <= 44; n++ {
		get := b.task(n, on(graph.WaitMutex, a), lock, user("orders.(*Store).Get", "store.go", 31), handle, serve)
		serves(get, "an HTTP request", time.Duration(n)*time.Second)
	}

	firstLeaked, firstIdle := 100, 2000
	if leaked+idle > 1900 { // the golden files have the small numbers
		firstLeaked, firstIdle = 1_000_000, 2_000_000
	}
	fetches := b.channel(0x3e8ac00a2060, "chan int", 0, 0)
	var lost []graph.TaskID
	for n := firstLeaked; n < firstLeaked+leaked; n++ {
		t := b.task(n, on(graph.WaitChanSend, fetches), user("orders.fetch.func1", "fetch.go", 31))
		t.CreatedBy = &graph.Creation{Task: "go:77", At: user("orders.fetch", "fetch.go", 29)}
		lost = append(lost, t.ID)
	}
	b.Problem(&graph.Problem{
		Code: "leak", Severity: graph.Warning, Tasks: lost, Resources: []graph.ResourceID{fetches.ID},
		Message:  "1,003 tasks can never be woken: nothing that can run reaches chan 0x3e8ac00a2060",
		Evidence: graph.Evidence{Confidence: graph.Proven},
	})
	for i := range idle {
		s := b.socket(0x7f0000100000+uint64(i)*0x100, int64(20+i), "10.0.0.7:8080", fmt.Sprintf("10.0.3.%d:51000", i))
		t := b.task(firstIdle+i, on(graph.WaitNetwork, s))
		t.Frames = stack(append(netRead, std("bufio.(*Reader).Peek", "bufio/bufio.go", 148), serve)...)
		t.CreatedBy = byServe()
	}
	torn := b.task(3000, nil)
	torn.State, torn.Frames = graph.StateUnknown, nil
	torn.Problems = []*graph.Problem{{Code: "unreadable", Severity: graph.Warning,
		Message: "its stack cannot be read: cannot read 4096 bytes at 0x3e8ac0200000: not mapped"}}
	for i, reason := range []string{"GC worker (idle)", "GC worker (idle)", "GC sweep wait", "finalizer wait"} {
		t := b.task(2+i, &graph.Wait{Kind: graph.WaitRuntime, Text: reason}, hidden("runtime.gcBgMarkWorker", "mgc.go", 1463))
		t.System = true
	}
	return b.Seal()
}

// crashed is a core of a process that panicked while it handled a panic.
func crashed() *graph.Snapshot {
	b := newSample(graph.Process{
		Source: "core", PID: 977, Exe: "/srv/bin/cart", CapturedAt: now.Add(-76 * time.Hour),
		Death: &graph.Death{
			Kind: "panic", Signal: "SIGABRT", Task: "go:7", Message: "runtime error: index out of range [5] with length 3",
			Chain: []string{"runtime error: index out of range [5] with length 3", "cart is empty"},
		},
	})
	b.goRuntime(0).Notes = []string{"the core holds no pages of files: their contents were taken from the files themselves"}
	wg := b.Group("sync.WaitGroup", 0xc000012080)
	wg.Outstanding = 2
	b.task(1, &graph.Wait{Kind: graph.WaitWaitGroup, Group: wg.ID, Frame: 1, Evidence: proven},
		std("sync.(*WaitGroup).Wait", "sync/waitgroup.go", 118), mainFrame("main", 21))
	t := b.task(7, nil, hidden("runtime.gopanic", "panic.go", 787), hidden("runtime.goPanicIndex", "panic.go", 115),
		user("orders.(*Cart).Item", "cart.go", 51), user("orders.(*Cart).Total", "cart.go", 60), mainFrame("main.func1", 17))
	t.Thread = 981
	t.CreatedBy = &graph.Creation{Task: "go:1", At: mainFrame("main", 16)}
	t.Groups = []graph.GroupID{wg.ID}
	b.Truncated("page", 812, 1024)
	return b.Seal()
}

// python is three asyncio tasks: two that await each other, and one that
// awaits one of them.
func python() *graph.Snapshot {
	b := newSample(graph.Process{Source: "attach", PID: 31, Exe: "/usr/bin/python3.14", Stopped: 800 * time.Microsecond})
	b.Runtime(&graph.Runtime{ID: "py", Name: "cpython", Version: "3.14.2", Complete: true})
	add := func(id, name, awaits string, frames ...*graph.Frame) {
		b.Task(&graph.Task{
			ID: graph.TaskID(id), Runtime: "py", Name: name, Kind: "asyncio.Task", State: graph.StateWaiting, Frames: frames,
			Waits: []graph.Wait{{Kind: graph.WaitTask, Task: graph.TaskID(awaits), Evidence: graph.Evidence{Confidence: graph.Proven}}},
		})
	}
	frame := func(fn string, line int) *graph.Frame {
		return &graph.Frame{Func: fn, Module: "shop.api", File: "/app/shop/api.py", Line: line, Origin: graph.OriginUser, Kind: graph.FrameAwait}
	}
	add("py:7f31c2a0", "Task-1", "py:7f31c2b0", frame("shop.api.left", 12), frame("shop.api.main", 40))
	add("py:7f31c2b0", "Task-2", "py:7f31c2a0", frame("shop.api.right", 19))
	add("py:7f31c2c0", "watcher", "py:7f31c2a0", frame("shop.api.watch", 27))
	return b.Seal()
}

// selfish is a task that waits for a group that it is a member of, below one
// that waits for another.
func selfish() *graph.Snapshot {
	b := newSample(graph.Process{Source: "core", Exe: "ship", Death: &graph.Death{
		Kind: "fatal", Signal: "SIGABRT", Message: "all goroutines are asleep - deadlock!",
	}})
	b.goRuntime(0)
	outer, inner := b.Group("sync.WaitGroup", 0x3e8ac0014040), b.Group("errgroup.Group", 0x3e8ac0014080)
	outer.Outstanding, inner.Outstanding, inner.Evidence = 1, 2, wrapper
	outer.Evidence = graph.Evidence{Confidence: graph.Inferred, How: "they hold its address"}
	inner.Owner, inner.OpenedAt = "go:5", &graph.Opening{Task: "go:5", Frame: 2, Evidence: onStack}
	waits := func(g *graph.Group) *graph.Wait {
		return &graph.Wait{Kind: graph.WaitWaitGroup, Group: g.ID, Frame: 1, Evidence: proven}
	}
	b.task(1, waits(outer), std("sync.(*WaitGroup).Wait", "sync/waitgroup.go", 118), mainFrame("main", 9))
	b.task(5, waits(inner), groupWait, user("orders.(*Shipper).Ship", "shipper.go", 54)).Groups = []graph.GroupID{outer.ID}
	b.task(8, waits(inner), groupWait, user("orders.closeWhenPacked", "shipper.go", 79), groupGo).Groups = []graph.GroupID{inner.ID}
	boxes := b.channel(0x3e8ac00b0000, "chan example.com/shop/orders.Box", 0, 0)
	b.task(9, on(graph.WaitChanReceive, boxes), user("orders.(*Shipper).label", "shipper.go", 67), groupGo).Groups = []graph.GroupID{inner.ID}
	return b.Seal()
}

// quietly is a program with nothing wrong.
func quietly() *graph.Snapshot {
	b := newSample(graph.Process{Source: "demo", PID: 8, Exe: "tick", Stopped: 300 * time.Microsecond})
	b.goRuntime(0)
	timer := b.Resource("timer", 0x3e8ac0070000)
	timer.Detail = []graph.Attr{{Key: "due_in_ms", Value: 2100 * time.Millisecond}}
	b.task(1, on(graph.WaitSleep, timer), std("time.Sleep", "runtime/time.go", 364), mainFrame("main", 9))
	return b.Seal()
}

// stuckBefore is the service of stuck a minute earlier: fewer tasks leaked,
// the worker still at work, and nobody waits for anybody in a circle.
func stuckBefore() *graph.Snapshot {
	b := newSample(graph.Process{
		Source: "attach", PID: 4242, Exe: "/srv/bin/orders", Arch: "amd64", CapturedAt: now.Add(-time.Minute), Stopped: 9 * time.Millisecond,
	})
	b.goRuntime(0)
	b.task(1, nil, groupWait, mainFrame("run", 38), mainFrame("main", 40))
	b.task(18, nil, user("orders.(*Worker).work", "worker.go", 57), user("orders.(*Worker).Run", "worker.go", 48), groupGo)
	mutex := b.mutex(0x3e8ac0112000, 1, "go:41")
	lock, handle := std("sync.(*Mutex).Lock", "sync/mutex.go", 46), user("orders.(*Server).handle", "server.go", 71)
	b.task(42, on(graph.WaitMutex, mutex), lock, user("orders.(*Store).Transfer", "store.go", 88), handle, serve).CreatedBy = byServe()
	b.task(43, on(graph.WaitMutex, mutex), lock, user("orders.(*Store).Get", "store.go", 31), handle, serve).CreatedBy = byServe()
	b.task(90, on(graph.WaitMutex, mutex), lock, user("orders.(*Store).Get", "store.go", 31), handle, serve).CreatedBy = byServe()
	fetches := b.channel(0x3e8ac00a2060, "chan int", 0, 0)
	for n := 100; n < 203; n++ {
		t := b.task(n, on(graph.WaitChanSend, fetches), user("orders.fetch.func1", "fetch.go", 31))
		t.CreatedBy = &graph.Creation{Task: "go:77", At: user("orders.fetch", "fetch.go", 29)}
	}
	return b.Seal()
}

// nothing is a process in which no runtime was found.
func nothing() *graph.Snapshot { return newSample(graph.Process{PID: 1}).Seal() }

// sampleCase is a snapshot to look at, and tasks to look at with Where.
type sampleCase struct {
	name  string
	build func() *graph.Snapshot
	tasks []graph.TaskID
}

var samples = []sampleCase{
	{"stuck", stuck, []graph.TaskID{"go:1", "go:18", "go:41", "go:100", "go:2000", "go:3000"}},
	{"crashed", crashed, []graph.TaskID{"go:7"}},
	{"python", python, []graph.TaskID{"py:7f31c2a0"}},
	{"selfish", selfish, []graph.TaskID{"go:8"}},
	{"quietly", quietly, nil},
	{"nothing", nothing, nil},
}
