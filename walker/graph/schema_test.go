package graph_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

const docs = "../../docs"

// strictly compiles a schema of docs/ so that it accepts only the fields that
// it names: what is written must be what is described.
func strictly(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, file := range []string{"snapshot.schema.json", "where.schema.json", "stacks.schema.json"} {
		doc := schemaDoc(t, file)
		closeObjects(doc)
		if err := c.AddResource(file, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func schemaDoc(t testing.TB, name string) any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(docs, name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func closeObjects(doc any) {
	switch doc := doc.(type) {
	case map[string]any:
		if _, ok := doc["properties"].(map[string]any); ok && doc["additionalProperties"] == nil {
			doc["additionalProperties"] = false
		}
		for _, v := range doc {
			closeObjects(v)
		}
	case []any:
		for _, v := range doc {
			closeObjects(v)
		}
	}
}

func conforms(t testing.TB, schema *jsonschema.Schema, text string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if err := schema.Validate(doc); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// nasty is all that a terminal may obey or be led astray by.
var nasty = func() string {
	var b strings.Builder
	for r := range unicode.MaxRune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}()

// full is a snapshot in which every field has a value.
func full() *graph.Snapshot {
	inferred := graph.Evidence{Confidence: graph.Inferred, How: "a stack word"}
	b := graph.NewBuilder("dlv-async test")
	b.Process(graph.Process{
		Source: "core", PID: 4242, Exe: "/srv/orders", Arch: "amd64", Stopped: 400 * time.Microsecond,
		CapturedAt: time.Date(2026, 11, 21, 4, 30, 0, 5e6, time.UTC),
		Death:      &graph.Death{Kind: "panic", Signal: "SIGABRT", Message: "boom", Task: "go:1", Chain: []string{"boom", "io: EOF"}},
	})
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Version: "go1.26.8", Layout: "dwarf", Complete: true, Notes: []string{"a note"}})
	b.Truncated("tasks", 4, 5)
	failure := &graph.Failure{Type: "*errors.errorString", Message: "no <luck>", Retrieved: true, Task: "go:2"}
	g := b.Group("errgroup.Group", 0xc000014040)
	g.Owner, g.Outstanding, g.Error, g.Evidence = "go:1", 2, failure, proven
	g.OpenedAt = &graph.Opening{Task: "go:1", Frame: 1, Evidence: inferred}
	g.Problems = []*graph.Problem{{Code: "members-unknown", Severity: graph.Info, Message: "one of its members was not found"}}
	m := b.Resource("mutex", 0xc000112000)
	m.Type = "sync.Mutex"
	m.Detail = []graph.Attr{{Key: "locked", Value: true}, {Key: "waiters", Value: 1}}
	ctx := b.Resource("context", 0xc000112080)
	ctx.Detail = []graph.Attr{{Key: "kind", Value: "timerCtx"}, {Key: "deadline_in_ms", Value: -1500 * time.Millisecond}}
	own := frames("wait", "open", "main")
	own[0].Locals = []graph.Local{{Name: "n", Type: "int", Value: "1"}}
	own[0].Module, own[0].PC, own[0].Kind = "main", 0x47f320, graph.FrameInlined
	b.Task(&graph.Task{
		ID: "go:1", Runtime: "go", NativeID: "1", Name: "main.main", Kind: "goroutine", State: graph.StateWaiting, Frames: own,
		Waits: []graph.Wait{{Kind: graph.WaitWaitGroup, Text: "sync.WaitGroup.Wait", Frame: 1, Group: g.ID, Since: time.Minute, Evidence: proven}},
		Holds: []graph.Hold{{Resource: m.ID, Evidence: inferred}},
	})
	b.Task(&graph.Task{
		ID: "go:2", Runtime: "go", NativeID: "2", Kind: "goroutine", State: graph.StateWaiting, Thread: 4243, Frames: frames("worker"),
		Groups: []graph.GroupID{g.ID},
		Waits: []graph.Wait{{Kind: graph.WaitSelect, Branches: []graph.Wait{
			{Kind: graph.WaitMutex, Resource: m.ID, Evidence: proven}, {Kind: graph.WaitContext, Resource: ctx.ID, Evidence: proven},
		}}},
		CreatedBy: &graph.Creation{Task: "go:1", At: own[1], User: own[2], Stack: own[2:]},
		Labels:    map[string]string{"tenant": "a", "region": nasty},
		Cancel:    &graph.Cancellation{Requested: 1, Pending: false},
		Error:     failure,
		Problems:  []*graph.Problem{{Code: "unreadable", Severity: graph.Warning, Message: "its stack is cut", Evidence: inferred}},
	})
	b.Task(&graph.Task{
		ID: "go:3", Runtime: "go", State: graph.StateWaiting, Groups: []graph.GroupID{g.ID}, Frames: frames("worker"),
		Waits: []graph.Wait{{Kind: graph.WaitMutex, Resource: m.ID, Evidence: proven}},
	})
	b.Task(&graph.Task{
		ID: "go:4", Runtime: "go", State: graph.StateWaiting, Frames: frames("after"),
		Waits: []graph.Wait{{Kind: graph.WaitTask, Task: "go:3", Evidence: proven}},
	})
	b.Handle("go:4", "go:2", inferred)
	return b.Seal()
}

func TestJSONIsWhatTheSchemasSay(t *testing.T) {
	s := full()
	snapshot := written(t, s)
	conforms(t, strictly(t, "snapshot.schema.json"), snapshot)
	conforms(t, strictly(t, "snapshot.schema.json"), written(t, s.Select(graph.Filter{Runtime: "py"})))

	var where, stacks bytes.Buffer
	if err := graph.WriteWhereJSON(&where, s, "go:2", 1); err != nil {
		t.Fatal(err)
	}
	conforms(t, strictly(t, "where.schema.json"), where.String())
	if err := graph.WriteStacksJSON(&stacks, s, graph.ForestOptions{}); err != nil {
		t.Fatal(err)
	}
	conforms(t, strictly(t, "stacks.schema.json"), stacks.String())
}

func TestAnyJSONIsWhatTheSchemaSays(t *testing.T) {
	schema, where, stacks := strictly(t, "snapshot.schema.json"), strictly(t, "where.schema.json"), strictly(t, "stacks.schema.json")
	rapid.Check(t, func(rt *rapid.T) {
		s := specs().Draw(rt, "process").seal()
		conforms(t, schema, written(t, s))
		conforms(t, schema, written(t, s.Select(graph.Filter{Tasks: subset(rt, s)})))
		var b bytes.Buffer
		if err := graph.WriteStacksJSON(&b, s, graph.ForestOptions{System: true}); err != nil {
			t.Fatal(err)
		}
		conforms(t, stacks, b.String())
		for _, task := range s.Tasks {
			b.Reset()
			if err := graph.WriteWhereJSON(&b, s, task.ID, 2); err != nil {
				t.Fatal(err)
			}
			conforms(t, where, b.String())
		}
	})
}

// Every field that the schema describes is one that the full snapshot has: the
// description must not run ahead of the program.
func TestSchemaDescribesNothingElse(t *testing.T) {
	have := map[string]bool{}
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, item := range v {
				have[k] = true
				collect(item)
			}
		case []any:
			for _, item := range v {
				collect(item)
			}
		}
	}
	var where, stacks, long bytes.Buffer
	s := full()
	if err := graph.WriteWhereJSON(&where, s, "go:2", 1); err != nil {
		t.Fatal(err)
	}
	if err := graph.WriteStacksJSON(&stacks, s, graph.ForestOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := graph.WriteStacksJSON(&long, chain(100), graph.ForestOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{written(t, s), written(t, s.Select(graph.Filter{})), where.String(), stacks.String(), long.String()} {
		var doc any
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		collect(doc)
	}
	var described func(doc any)
	described = func(doc any) {
		switch doc := doc.(type) {
		case map[string]any:
			if properties, ok := doc["properties"].(map[string]any); ok {
				for name := range properties {
					if !have[name] {
						t.Errorf("the schema describes %q, which nothing has", name)
					}
				}
			}
			for _, v := range doc {
				described(v)
			}
		case []any:
			for _, v := range doc {
				described(v)
			}
		}
	}
	for _, file := range []string{"snapshot.schema.json", "where.schema.json", "stacks.schema.json"} {
		described(schemaDoc(t, file))
	}
}
