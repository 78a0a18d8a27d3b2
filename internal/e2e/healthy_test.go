package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Of a program that is busy and has nothing wrong with it nothing is said to be
// wrong, whenever it is looked at; and the locks that note who has them agree with
// who is named.
func TestHealthy(t *testing.T) {
	looks := 20
	if testtarget.Full() {
		looks = 1000
	}
	tg := testtarget.Start(t, testtarget.Build(t, "healthy", testtarget.Options{}))
	live, err := snapshot.NewLive(tg.PID, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	kept := strings.Fields(tg.Stderr())
	right, missed, passing, named, inside := 0, 0, 0, 0, 0
	for n := range looks {
		var file bytes.Buffer
		o := snapshot.Options{MaxStop: patience, Heap: n%2 == 1}
		take := live.Take
		if n%10 == 0 { // what a recording has was read since the process was opened
			o.Record = &file
			take = func(ctx context.Context, o snapshot.Options) (*graph.Snapshot, error) {
				return snapshot.Attach(ctx, tg.PID, o)
			}
		}
		s, err := take(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.Problems {
			if p.Severity == graph.Error || p.Code == "abandoned-lock" || p.Code == "unreadable" {
				t.Errorf("%s: %s %s %v, behind it %v", p.Code, p.Message, p.Evidence.How, p.Tasks, p.Queued)
			}
		}
		for _, task := range s.Tasks {
			ending := task.State == graph.StateRunning // it may stand in the runtime alone
			if !task.System && !ending && len(task.Problems) == 0 && !slices.ContainsFunc(task.Frames, func(f *graph.Frame) bool { return !f.Hidden }) {
				t.Errorf("%s, %v, shows no frame of %d", task.ID, task.State, len(task.Frames))
			}
		}
		for _, r := range s.Resources {
			if r.Kind != "semaphore" || !strings.HasPrefix(r.Type, "semaphore (chan") {
				continue
			}
			if !strings.Contains(r.Type, "main.ticket)") {
				t.Errorf("a queue is said to be a %s", r.Type)
			}
			inside += len(r.Holders)
		}
		if o.Record == nil {
			continue
		}
		img, err := dlvext.OpenRecording(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range s.Resources {
			if r.Kind != "mutex" || !locked(r) {
				continue
			}
			if len(r.Holders) > 0 {
				named++
			}
			if !slices.Contains(kept, fmt.Sprintf("%#x", r.Address)) {
				continue
			}
			// What is around a semaphore that is waited for was read, and so was
			// what follows the Mutex.
			var b [8]byte
			if err := img.Memory.Read(r.Address+8, b[:]); err != nil {
				t.Fatal(err)
			}
			owner := graph.TaskID(fmt.Sprintf("go:%d", binary.LittleEndian.Uint64(b[:])))
			switch {
			case owner == "go:0":
				passing++
			case len(r.Holders) == 0:
				missed++
			case r.Holders[0].Task == owner:
				right++
			default:
				t.Errorf("%s is said to have the lock at %#x (%s), which %s has", r.Holders[0].Task, r.Address, r.Holders[0].Evidence.How, owner)
			}
		}
	}
	t.Logf("%d were inside of channels that are semaphores", inside)
	t.Logf("%d locks that others wait for have a holder named; of those that say who it is %d agree, %d have none named, %d are just being taken or let go", named, right, missed, passing)
	if inside == 0 {
		t.Error("nobody was seen inside a channel that is a semaphore")
	}
	if right == 0 || right*100 < (right+missed)*95 {
		t.Errorf("of %d holders %d were named", right+missed, right)
	}
}

func locked(r *graph.Resource) bool {
	return slices.ContainsFunc(r.Detail, func(a graph.Attr) bool { return a.Key == "locked" && a.Value == true })
}
