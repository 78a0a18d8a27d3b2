package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// The descriptors that tasks wait for are the target's own, of the kind that
// is said. (The golden files hold their order alone.)
func TestDescriptorsAreTheTargets(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "network", testtarget.Options{}))
	s := attach(t, tg)
	want := map[graph.WaitKind]string{graph.WaitNetwork: "socket:", graph.WaitFile: "pipe:"}
	seen := map[graph.WaitKind]int{}
	for _, task := range s.Tasks {
		for _, wait := range task.Waits {
			fd, ok := descriptor(s, wait.Resource)
			if !ok {
				continue
			}
			seen[wait.Kind]++
			link, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tg.PID, fd))
			if err != nil || !strings.HasPrefix(link, want[wait.Kind]) {
				t.Errorf("%s waits for %s on fd %d, which is %q (%v)", task.ID, wait.Kind, fd, link, err)
			}
		}
	}
	if seen[graph.WaitNetwork] != 6 || seen[graph.WaitFile] != 1 {
		t.Errorf("descriptors of %v; want those of 6 network waits and 1 file wait", seen)
	}
}

func descriptor(s *graph.Snapshot, id graph.ResourceID) (fd int64, ok bool) {
	for _, r := range s.Resources {
		if r.ID != id {
			continue
		}
		for _, a := range r.Detail {
			if a.Key == "fd" {
				fd, ok = a.Value.(int64)
			}
		}
	}
	return fd, ok
}
