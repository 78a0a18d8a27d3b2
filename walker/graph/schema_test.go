package graph_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	for _, file := range schemaFiles(t) {
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

// schemaFiles are the names of the schemas in docs/.
func schemaFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(docs, "*.schema.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas in %s: %v", docs, err)
	}
	for i, file := range files {
		files[i] = filepath.Base(file)
	}
	// What is written of several processes, and of tests that hang, is not the graph's.
	others := []string{"family.schema.json", "hang.schema.json"}
	return slices.DeleteFunc(files, func(file string) bool { return slices.Contains(others, file) })
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
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Version: "go1.26.8", Layout: "dwarf", Complete: true, Notes: []string{"a note"}, LookedFor: []string{"leak"},
		Stats: []graph.Attr{{Key: "processors", Value: 4}, {Key: "gc", Value: "off"}}})
	b.Truncated("tasks", 4, 5)
	failure := &graph.Failure{Type: "*errors.errorString", Message: "no <luck>", Retrieved: true, Task: "go:2",
		Chain: []graph.Reason{{Relation: graph.ReasonCause, Type: "*errors.errorString", Message: "why", At: frames("cause")[0]}}}
	g := b.Group("errgroup.Group", 0xc000014040)
	g.Owner, g.OwnedBy, g.Outstanding, g.Error, g.Evidence = "go:1", inferred, 2, failure, proven
	g.OpenedAt = &graph.Opening{Task: "go:1", Frame: 1, Evidence: inferred}
	g.Problems = []*graph.Problem{{Code: "members-unknown", Severity: graph.Info, Message: "one of its members was not found"}}
	g.Detail = []graph.Attr{{Key: "limit", Value: 2}, {Key: "local", Value: nasty}}
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
		Waits: []graph.Wait{{Kind: graph.WaitWaitGroup, Text: "sync.WaitGroup.Wait", Phase: "finishing", Frame: 1, Amount: 2, Group: g.ID, Since: time.Minute, Deadline: time.Hour, Evidence: proven}},
		Holds: []graph.Hold{{Resource: m.ID, Evidence: inferred}},
	})
	b.Task(&graph.Task{
		ID: "go:2", Runtime: "go", NativeID: "2", Kind: "goroutine", State: graph.StateWaiting, Thread: 4243, Frames: frames("worker"),
		Groups: []graph.GroupID{g.ID},
		Waits: []graph.Wait{{Kind: graph.WaitSelect, Branches: []graph.Wait{
			{Kind: graph.WaitMutex, Resource: m.ID, Evidence: proven}, {Kind: graph.WaitContext, Resource: ctx.ID, Evidence: proven},
		}}},
		CreatedBy: &graph.Creation{Task: "go:1", At: own[1], User: own[2], Stack: own[2:], By: &graph.Creation{Task: "go:9", At: own[2]}},
		Labels:    map[string]string{"tenant": "a", "region": nasty},
		Detail:    []graph.Attr{{Key: "ended_by", Value: "runtime.Goexit"}, {Key: "preempted", Value: true}},
		Cancel: &graph.Cancellation{Requested: 1, Pending: false, Message: "going down", Scopes: []graph.CancelScope{
			{Address: 0xc000112100, Deadline: time.Minute, Shield: true, Cancelled: true, Reason: "deadline"},
		}},
		Error:    failure,
		Result:   "str",
		Problems: []*graph.Problem{{Code: "unreadable", Severity: graph.Warning, Message: "its stack is cut", Evidence: inferred}},
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
	b.Reached(m, graph.Holder{Task: "go:1", Evidence: inferred})
	return b.Seal()
}

// shapes is all that is written of a snapshot and one of its tasks, by the
// schema that it must conform to.
func shapes(t testing.TB, s *graph.Snapshot, id graph.TaskID) map[string]string {
	t.Helper()
	out := map[string]string{}
	write := func(schema string, to func(w io.Writer) error) {
		var b bytes.Buffer
		if err := to(&b); err != nil {
			t.Fatal(err)
		}
		out[schema] = b.String()
	}
	write("snapshot.schema.json", func(w io.Writer) error { return graph.WriteJSON(w, s) })
	write("diff.schema.json", func(w io.Writer) error { return graph.WriteDiffJSON(w, graph.Compare(earlier(t), s, true)) })
	write("stats.schema.json", func(w io.Writer) error { return graph.WriteStatsJSON(w, s, true) })
	write("stacks.schema.json", func(w io.Writer) error { return graph.WriteStacksJSON(w, s, graph.ForestOptions{System: true}) })
	write("causes.schema.json", func(w io.Writer) error { return graph.WriteCausesJSON(w, s, true, 0) })
	if id != "" {
		write("where.schema.json", func(w io.Writer) error { return graph.WriteWhereJSON(w, s, id, 1) })
		write("why.schema.json", func(w io.Writer) error { return graph.WriteWhyJSON(w, s, id, 0) })
	}
	return out
}

func TestJSONIsWhatTheSchemasSay(t *testing.T) {
	s := full()
	told := shapes(t, s, "go:2")
	for _, file := range schemaFiles(t) {
		if told[file] == "" {
			t.Errorf("nothing is written as %s says", file)
			continue
		}
		conforms(t, strictly(t, file), told[file])
	}
	conforms(t, strictly(t, "snapshot.schema.json"), written(t, s.Select(graph.Filter{Runtime: "py"})))
}

func TestAnyJSONIsWhatTheSchemaSays(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{}
	for _, file := range schemaFiles(t) {
		schemas[file] = strictly(t, file)
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := specs().Draw(rt, "process").seal()
		conforms(t, schemas["snapshot.schema.json"], written(t, s.Select(graph.Filter{Tasks: subset(rt, s)})))
		var id graph.TaskID
		if len(s.Tasks) > 0 {
			id = rapid.SampledFrom(s.Tasks).Draw(rt, "task").ID
		}
		for file, text := range shapes(t, s, id) {
			conforms(t, schemas[file], text)
		}
	})
}

// Every field that the schema describes is one that some snapshot has: the
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
	s := full()
	texts := []string{written(t, s.Select(graph.Filter{}))}
	texts = append(texts, shapes(t, later(t), "go:1")["diff.schema.json"])
	for _, one := range []map[string]string{shapes(t, s, "go:2"), shapes(t, chain(100), "go:1"), shapes(t, circle(), "go:1")} {
		for _, text := range one {
			texts = append(texts, text)
		}
	}
	for _, text := range texts {
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
	for _, file := range schemaFiles(t) {
		described(schemaDoc(t, file))
	}
}

// circle is two tasks that wait for each other, one of them also for a group
// whose members are not known.
func circle() *graph.Snapshot {
	b := graph.NewBuilder("test")
	g := b.Group("sync.WaitGroup", 0xc000)
	g.Outstanding = 2
	b.Task(waiting("go:1", awaits("go:2")))
	b.Task(waiting("go:2", graph.Wait{Kind: graph.WaitGather, Branches: []graph.Wait{awaits("go:1"), on(g)}}))
	return b.Seal()
}
