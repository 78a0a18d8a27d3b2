package e2e

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// tampered is a Memory that notes what is read of another, and may fail or
// change it.
type tampered struct {
	dlvext.Memory
	asked  map[dlvext.Range]bool
	fails  func(dlvext.Range) bool
	change func(addr uint64, b []byte)
	mu     sync.Mutex // held while these are used
}

func (m *tampered) Read(addr uint64, buf []byte) error {
	r := dlvext.Range{Addr: addr, Len: len(buf)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked[r] = true
	if m.fails != nil && m.fails(r) {
		return &dlvext.Fault{Addr: addr, Len: len(buf), Why: "the test withholds it"}
	}
	err := m.Memory.Read(addr, buf)
	if err == nil && m.change != nil {
		m.change(addr, buf)
	}
	return err
}

// A replay is a recording that can be walked again and again, tampered with.
type replay struct {
	file     []byte
	read     []dlvext.Range // what a walk asks for, by address
	baseline *graph.Snapshot
	kept     bool          // its file is in testdata
	img      *dlvext.Image // opened once: walks leave nothing in its modules that comes from memory
}

func record(t testing.TB, program string, args ...string) *replay {
	t.Helper()
	return recordTarget(t, testtarget.Start(t, testtarget.Build(t, program, testtarget.Options{}), args...))
}

func recordTarget(t testing.TB, tg *testtarget.Target) *replay {
	t.Helper()
	var file bytes.Buffer
	if _, err := snapshot.Attach(context.Background(), tg.PID, snapshot.Options{Record: &file, MaxStop: tooLong}); err != nil {
		t.Fatal(err)
	}
	return newReplay(t, file.Bytes())
}

func newReplay(t testing.TB, file []byte) *replay {
	t.Helper()
	r := &replay{file: file}
	r.img = r.open(t)
	t.Cleanup(func() { _ = r.img.Close() })
	m := &tampered{}
	var err error
	if r.baseline, err = r.walk(t, m); err != nil {
		t.Fatal(err)
	}
	r.read = slices.SortedFunc(maps.Keys(m.asked), func(a, b dlvext.Range) int {
		return cmp.Or(cmp.Compare(a.Addr, b.Addr), cmp.Compare(a.Len, b.Len))
	})
	return r
}

func (r *replay) open(t testing.TB) *dlvext.Image {
	t.Helper()
	img, err := dlvext.OpenRecording(bytes.NewReader(r.file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// walk takes a snapshot of the recording, through m if there is one.
func (r *replay) walk(t testing.TB, m *tampered) (*graph.Snapshot, error) {
	t.Helper()
	img := &dlvext.Image{
		Source: r.img.Source, PID: r.img.PID, Exe: r.img.Exe, Arch: r.img.Arch,
		CapturedAt: r.img.CapturedAt, Monotonic: r.img.Monotonic, Stopped: r.img.Stopped, Signal: r.img.Signal, Whole: r.img.Whole,
		Memory: r.img.Memory, Modules: r.img.Modules, Threads: r.img.Threads, Notes: r.img.Notes,
	}
	if m != nil {
		m.Memory, m.asked = img.Memory, map[dlvext.Range]bool{}
		img.Memory = m
	}
	s, err := snapshot.Of(context.Background(), img, snapshot.Options{})
	if err == nil {
		err = graph.Validate(s)
		if err != nil {
			t.Errorf("the snapshot is not valid: %v", err)
		}
	}
	return s, err
}
