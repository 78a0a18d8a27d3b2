package dlvext

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/go-delve/delve/pkg/proc"
)

// FromTarget returns an image over the stopped target of a Delve session in
// this process. It is the session's memory, not a copy: the image is good
// until the target goes on, and whoever makes and uses it holds the session's
// lock (debugger.LockTargetGroup). Its own reads of memory follow each other.
//
// Breakpoints that the session has planted are there in the text.
func FromTarget(t *proc.Target) *Image {
	bi := t.BinInfo()
	img := &Image{
		Source:     "delve",
		Whole:      true,
		PID:        t.Pid(),
		Arch:       bi.Arch.Name,
		CapturedAt: time.Now(),
	}
	img.Memory = &targetMemory{mu: &img.delve.mu, m: t.Memory(), bulk: newBulkReader(t)}
	img.delve.once.Do(func() {
		img.delve.target = t
		img.delve.index = sync.OnceValues(img.indexGoroutines)
	})
	for _, i := range bi.Images {
		img.Modules = append(img.Modules, imageModule(i, t.Pid(), bi.DebugInfoDirectories))
	}
	if len(img.Modules) > 0 {
		img.Exe = img.Modules[0].Path
	}
	img.onClose(func() error {
		for _, m := range img.Modules {
			_ = m.Close()
		}
		return nil
	})
	img.readThreads(t)
	return img
}

// Refresh makes an image of [FromTarget] good for the same target again, which
// went on and stopped since, with the modules that it had. What was found in
// the modules stays found.
func (img *Image) Refresh(t *proc.Target) {
	img.CapturedAt = time.Now()
	if m, ok := img.Memory.(*targetMemory); ok {
		m.change(t.Memory())
	}
	img.delve.index = sync.OnceValues(img.indexGoroutines)
	img.readThreads(t)
}

// readThreads takes the threads of a stopped target, the current one first.
func (img *Image) readThreads(t *proc.Target) {
	img.Threads = nil
	current := t.CurrentThread()
	for _, th := range t.ThreadList() {
		plain := Thread{TID: th.ThreadID()}
		if regs, err := th.Registers(); err == nil {
			plain.Regs = fromDelve(regs, img.Arch)
		}
		img.Threads = append(img.Threads, plain)
		if last := len(img.Threads) - 1; current != nil && plain.TID == current.ThreadID() {
			img.Threads[0], img.Threads[last] = img.Threads[last], img.Threads[0]
		}
	}
}

// imageModule opens one of Delve's images as a module.
func imageModule(i *proc.Image, pid int, debugDirs []string) *Module {
	path := i.Path
	f, err := os.Open(path)
	if err != nil {
		m := MissingModule(path, withoutPath(err))
		m.Bias = i.StaticBase
		return m
	}
	if path == fmt.Sprintf("/proc/%d/exe", pid) {
		if named, err := os.Readlink(path); err == nil {
			path = named
		}
	}
	m, _ := OpenModule(path, f, i.StaticBase) // what is wrong is in m.Err
	m.DebugDirs = debugDirs
	return m
}

// targetMemory reads a session's memory, which serves one reader at a time.
type targetMemory struct {
	mu   *sync.Mutex
	m    proc.MemoryReadWriter
	bulk *bulkReader // nil: there is no faster way than Delve's
}

// ReadMany implements [Bulk]. Through Delve, each read is a matter of two
// switches between threads.
func (t *targetMemory) ReadMany(ranges []Range) [][]byte {
	if t.bulk != nil {
		if out, ok := t.bulk.readMany(ranges); ok {
			return out
		}
	}
	return ReadMany(struct{ Memory }{t}, ranges)
}

// change goes on with another way to the same memory: Delve reads through a
// thread, and threads end.
func (t *targetMemory) change(m proc.MemoryReadWriter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m = m
}

func (t *targetMemory) Read(addr uint64, buf []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.m.ReadMemory(buf, addr)
	if err == nil && n < len(buf) {
		err = fmt.Errorf("only %d bytes are there", n)
	}
	if err != nil {
		return &Fault{Addr: addr, Len: len(buf), Why: err.Error()}
	}
	return nil
}
