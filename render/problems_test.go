package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// A finding about many groups of which the same is to be said does not fill the screen
// with them, as of a store that gives each write a WaitGroup; the view of the problems
// lists all.
func TestProblemsNameThingsThatAreAlikeOnce(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Complete: true})
	p := &graph.Problem{Code: "members-unknown", Severity: graph.Info, Message: "who has yet to call Done is not known"}
	for i := range uint64(9) {
		g := b.Group("sync.WaitGroup", 0x1000+i<<8)
		g.Outstanding = 1
		if i == 8 {
			g.Outstanding = 3
		}
		p.Groups = append(p.Groups, g.ID)
	}
	b.Task(&graph.Task{ID: "go:1", Runtime: "go", State: graph.StateRunning})
	b.Problem(p)
	s := b.Seal()
	for _, c := range []struct {
		view  func(*bytes.Buffer) error
		lines []string
	}{
		{func(out *bytes.Buffer) error { return Report(out, s, Options{Width: 100}) }, []string{
			"8 sync.WaitGroups, as sync.WaitGroup 0x1000 (1 left, 0 of them found)",
			"sync.WaitGroup 0x1800 (3 left, 0 of them found)",
		}},
		{func(out *bytes.Buffer) error { return Problems(out, s, Options{Width: 100}) }, []string{
			"sync.WaitGroup 0x1000 (1 left, 0 of them found)", "sync.WaitGroup 0x1700 (1 left, 0 of them found)", "sync.WaitGroup 0x1800 (3 left, 0 of them found)",
		}},
	} {
		var out bytes.Buffer
		if err := c.view(&out); err != nil {
			t.Fatal(err)
		}
		for _, line := range c.lines {
			if !strings.Contains(out.String(), "    "+line+"\n") {
				t.Errorf("%q is missing:\n%s", line, out.String())
			}
		}
		if n, want := strings.Count(out.String(), "of them found"), len(c.lines); want == 2 && n != want {
			t.Errorf("%d lines of groups, want %d:\n%s", n, want, out.String())
		}
	}
}

// A group all of whose members stand in others says where they are, and is no empty line.
func TestGroupsWhoseMembersStandElsewhere(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Complete: true})
	first, second := b.Group("sync.WaitGroup", 0x1000), b.Group("sync.WaitGroup", 0x2000)
	for i, g := range []*graph.Group{first, second} {
		g.Members, g.Outstanding = []graph.TaskID{"go:7"}, 1
		b.Task(&graph.Task{
			ID: graph.TaskID([]string{"go:1", "go:2"}[i]), Runtime: "go", State: graph.StateWaiting, Frames: []*graph.Frame{{Func: "main.stop", File: "main.go", Line: i}},
			Waits: []graph.Wait{{Kind: graph.WaitWaitGroup, Group: g.ID}},
		})
	}
	b.Task(&graph.Task{ID: "go:7", Runtime: "go", State: graph.StateRunning, Groups: []graph.GroupID{first.ID, second.ID}})
	var out bytes.Buffer
	if err := Report(&out, b.Seal(), Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	if want := "sync.WaitGroup 0x2000  members shown elsewhere: go:7"; strings.Count(out.String(), "elsewhere") != 1 || !strings.Contains(out.String(), want) {
		t.Errorf("%q is missing:\n%s", want, out.String())
	}
}
