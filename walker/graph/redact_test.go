package graph_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// After Redact no value of a string is left in what is written of a snapshot,
// and what is not one stays.
func TestRedact(t *testing.T) {
	const secret = "hunter2"
	b := graph.NewBuilder("test")
	b.Death(graph.Death{Kind: "panic", Message: secret, Chain: []string{secret, "the " + secret}, Task: "go:1"})
	f := &graph.Frame{Func: "main.login", Locals: []graph.Local{
		{Name: "user", Type: "string", Value: `"` + secret + `"`}, {Name: "tries", Type: "int", Value: "17"},
		{Name: "form", Type: "main.form", Value: `main.form {n: 3, password: "[redacted]"}`},
	}}
	b.Task(&graph.Task{
		ID: "go:1", Name: "main.login", Frames: []*graph.Frame{f}, Labels: map[string]string{"tenant": secret},
		Error: &graph.Failure{Type: "*main.denied", Message: "no such user: " + secret}, Detail: []graph.Attr{{Key: "note", Value: secret}, {Key: "deferred", Value: "main.unlock"}},
	})
	b.Task(&graph.Task{ID: "py:1", Name: secret})
	g := b.Group("errgroup.Group", 0x10)
	g.Error = &graph.Failure{Type: "*errors.errorString", Message: secret}
	r := b.Resource("fd", 0x20)
	r.Detail = []graph.Attr{
		{Key: "fd", Value: int64(4711)}, {Key: "local", Value: "/run/" + secret}, {Key: "remote", Value: "10.0.0.1:5432"},
		{Key: "cause", Value: secret}, {Key: "state", Value: "pending"}, {Key: "error", Value: "context canceled"},
	}
	s := b.Seal()
	s.Redact()
	var out bytes.Buffer
	if err := graph.WriteJSON(&out, s); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), secret) {
		t.Errorf("%s is in %s", secret, out.String())
	}
	for _, kept := range []string{"main.login", "tenant", "*main.denied", `"17"`, "n: 3", "4711", "10.0.0.1:5432", "pending", "context canceled", "main.unlock"} {
		if !strings.Contains(out.String(), kept) {
			t.Errorf("%s is not in %s", kept, out.String())
		}
	}
}
