package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// A line that stands for many tasks has the name of none of them.
func TestTasksThatAreAlikeHaveNoName(t *testing.T) {
	b := graph.NewBuilder("test")
	at := []*graph.Frame{{Func: "shop.api.worker", File: "/srv/shop/api.py", Line: 7, Origin: graph.OriginUser}}
	for _, task := range []struct {
		id   graph.TaskID
		name string
	}{{"py:7f31c2a0b4d0", "Task-2"}, {"py:7f31c2a0b5e0", "Task-3"}} {
		b.Task(&graph.Task{ID: task.id, Name: task.name, State: graph.StateRunnable, Frames: at})
	}
	b.Task(&graph.Task{ID: "py:7f31c2a0b600", Name: "janitor", State: graph.StateRunnable, Frames: []*graph.Frame{{Func: "shop.api.clean"}}})
	var out bytes.Buffer
	if err := Report(&out, b.Seal(), Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "Task-") || !strings.Contains(text, "2x") || !strings.Contains(text, `"janitor"`) {
		t.Error(text)
	}
}
