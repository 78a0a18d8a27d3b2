package e2e

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A view is one way to look at a target that stands where it stands.
type view struct {
	name string
	see  func(*testing.T, *testtarget.Target) *graph.Snapshot
}

var views = []view{
	{"attach", attach},
	{"gcore", gcore},
	{"recording", recording},
}

// patience is how long a target may stand still: a machine under load must not
// make a capture break off.
const patience = time.Minute

func attach(t *testing.T, tg *testtarget.Target) *graph.Snapshot {
	t.Helper()
	s, err := snapshot.Attach(context.Background(), tg.PID, snapshot.Options{MaxStop: patience})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func gcore(t *testing.T, tg *testtarget.Target) *graph.Snapshot {
	t.Helper()
	s, err := snapshot.Core(context.Background(), tg.Exe, tg.GCore(t), snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// recording sees a recording of an attach, without the executable.
func recording(t *testing.T, tg *testtarget.Target) *graph.Snapshot {
	t.Helper()
	var file bytes.Buffer
	if _, err := snapshot.Attach(context.Background(), tg.PID, snapshot.Options{Record: &file, MaxStop: patience}); err != nil {
		t.Fatal(err)
	}
	t.Logf("the recording has %d bytes", file.Len())
	s, err := snapshot.Read(context.Background(), "recording", &file, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func toJSON(t *testing.T, s *graph.Snapshot) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := graph.WriteJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
