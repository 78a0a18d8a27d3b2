package graph_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/walker/graph"
)

func written(t testing.TB, s *graph.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := graph.WriteJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t testing.TB, text string) *graph.Snapshot {
	t.Helper()
	s, err := graph.ReadJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Validate(s); err != nil {
		t.Fatal(err)
	}
	return s
}

// lineOf returns the line of a snapshot's JSON that begins so.
func lineOf(t testing.TB, text, begins string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(strings.TrimSpace(line), ","); strings.HasPrefix(line, begins) {
			return line
		}
	}
	t.Fatalf("no line begins with %s in\n%s", begins, text)
	return ""
}

func TestEveryFieldComesBack(t *testing.T) {
	before := written(t, full())
	if diff := cmp.Diff(before, written(t, read(t, before))); diff != "" {
		t.Error(diff)
	}
}

// The names and forms are a contract: a change here breaks somebody's tool.
func TestJSONForms(t *testing.T) {
	text := written(t, full())
	for begins, want := range map[string]string{
		`"process"`: `"process": {"source":"core","pid":4242,"exe":"/srv/orders","arch":"amd64","captured_at":"2026-11-21T04:30:00.005Z","stopped_ms":1,` +
			`"death":{"kind":"panic","signal":"SIGABRT","message":"boom","task":"go:1","chain":["boom","io: EOF"]}}`,
		`{"id":"go:3"`: `{"id":"go:3","runtime":"go","system":false,"state":"waiting",` +
			`"frames":[{"func":"main.worker","file":"/src/main.go","line":10,"origin":"user","hidden":false,"kind":"call"}],` +
			`"waits":[{"kind":"mutex","frame":0,"resource":"r1","evidence":{"confidence":"proven","how":"a field"}}],` +
			`"awaited_by":[{"task":"go:4","relation":"await","evidence":{"confidence":"proven","how":"a field"}},` +
			`{"task":"go:1","via":"g1","relation":"await","evidence":{"confidence":"proven","how":"a field"}}],"groups":["g1"]}`,
		`{"id":"r1"`: `{"id":"r1","kind":"mutex","type":"sync.Mutex","address":"0xc000112000","detail":{"locked":true,"waiters":1},` +
			`"waiters":[{"task":"go:2","kind":"mutex"},{"task":"go:3","kind":"mutex"}],` +
			`"holders":[{"task":"go:1","evidence":{"confidence":"inferred","how":"a stack word"}}],"reached_by":[{"task":"go:1","evidence":{"confidence":"inferred","how":"a stack word"}}]}`,
		`{"id":"r2"`: `{"id":"r2","kind":"context","address":"0xc000112080","detail":{"kind":"timerCtx","deadline_in_ms":-1500},"waiters":[{"task":"go:2","kind":"context"}]}`,
		`{"what"`:    `{"what":"tasks","kept":4,"total":5}`,
	} {
		if diff := cmp.Diff(want, lineOf(t, text, begins)); diff != "" {
			t.Error(diff)
		}
	}
}

// What a target says cannot steer the terminal that JSON is printed to.
func TestJSONHasNoControls(t *testing.T) {
	text := written(t, full())
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			t.Errorf("the text holds %U", r)
		}
	}
	if got := read(t, text).Task("go:2").Labels["region"]; got != nasty {
		t.Errorf("read back as %q, want %q", got, nasty)
	}
}

// The types of a resource's facts survive, with what each key means.
func TestDetailKeepsItsTypes(t *testing.T) {
	s := read(t, written(t, full()))
	want := []graph.Attr{{Key: "kind", Value: "timerCtx"}, {Key: "deadline_in_ms", Value: -1500 * time.Millisecond}}
	if diff := cmp.Diff(want, s.Resource(2).Detail); diff != "" {
		t.Error(diff)
	}
	b := graph.NewBuilder("test")
	b.Resource("timer", 0x1000).Detail = []graph.Attr{{Key: "period", Value: 2 * time.Second}}
	if got := lineOf(t, written(t, sealed(t, b)), `{"id":"r1"`); !strings.Contains(got, `"detail":{"period_ms":2000}`) {
		t.Errorf("a duration is written as %s, want it in milliseconds and called so", got)
	}
	if got := s.Resource(1).Detail[1].Value; got != int64(1) {
		t.Errorf("waiters is %T %v, want int64 1", got, got)
	}
}

func TestReadJSONSaysWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"another schema": {`{"schema":"dlv-async/snapshot/2"}`, `its schema is "dlv-async/snapshot/2"; this version reads dlv-async/snapshot/1`},
		"no schema":      {`{"tasks":[]}`, `it has no schema; want dlv-async/snapshot/1`},
		"nothing":        {``, `it ends early`},
		"cut":            {`{"schema":"dlv-async/snapshot/1","tasks":[{"id":`, `it ends early`},
		"no object":      {`[1]`, `it is no JSON object`},
		"no JSON":        {`\x7fELF`, `it is no JSON from byte 1 on: invalid character`},
		"no list":        {`{"schema":"dlv-async/snapshot/1","tasks":7}`, `stands 7 where a list should`},
		"wrong type":     {`{"schema":"dlv-async/snapshot/1","tasks":[{"id":7}]}`, `before byte 50, the field id is a number`},
		"wrong item":     {`{"schema":"dlv-async/snapshot/1","tasks":["x"]}`, `stands a string, which does not belong there`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := graph.ReadJSON(strings.NewReader(test.in))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("the error is %v, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is more than a line: %q", err)
			}
		})
	}
}

func TestReadJSONPassesOverWhatItDoesNotKnow(t *testing.T) {
	s := read(t, `{"schema":"dlv-async/snapshot/1","later":{"a":[1]},"tasks":[{"id":"go:1","mood":"fine","state":"dreaming"}],
		"groups":null,"resources":[{"id":"r1","kind":"chan","detail":{"rate":1.5,"more":{"a":1},"none":null}}]}`)
	if len(s.Tasks) != 1 || s.Tasks[0].State != graph.StateUnknown || s.Tasks[0].Runtime != "go" {
		t.Errorf("read as %+v, want go:1 in a state that is not known", s.Tasks)
	}
	want := []graph.Attr{{Key: "rate", Value: "1.5"}, {Key: "more", Value: `{"a":1}`}, {Key: "none", Value: "null"}}
	if diff := cmp.Diff(want, s.Resources[0].Detail); diff != "" {
		t.Error(diff)
	}
}

// A file may say anything: what it refers to and does not have is a problem.
func TestReadJSONTrustsNothing(t *testing.T) {
	s := read(t, `{"schema":"dlv-async/snapshot/1",
		"tasks":[
			{"id":"go:1","waits":[{"kind":"mutex","resource":"r7","frame":-3}],"groups":["g9","x"],"holds":[{"resource":"r2147483647"}]},
			{"id":"go:1"}, {"id":""},
			{"id":"go:2","state":"waiting","waits":[{"kind":"await task","task":"go:99"}]}],
		"groups":[{"id":"g5","kind":"errgroup.Group","members":["go:1","go:50"],"owner":"go:51","opened_at":{"task":"go:1","frame":12}},{"id":"g5","kind":"twice"}],
		"resources":[{"id":"r0","kind":"none"},{"id":"r2","kind":"chan","holders":[{"task":"go:52"}]}]}`)
	if len(s.Tasks) != 3 {
		t.Fatalf("%d tasks, want 3", len(s.Tasks))
	}
	said := map[string]bool{}
	for _, p := range s.Problems {
		said[p.Message] = true
	}
	for _, want := range []string{
		"two tasks have the id go:1; the first is shown",
		"a task without an id",
		"waits for something that was not read",
		"belongs to a group that was not read",
		"holds something that was not read",
		"its member go:50 is not among the tasks; it may have ended",
		"its owner go:51 was not read",
		"frame 12 of go:1, which opened it, was not read",
		"go:52 holds a chan, but is not among the tasks",
		`the file has no usable id for the group "g5"`,
		`the file has no usable id for the resource "r0"`,
	} {
		if !said[want] {
			t.Errorf("nothing says %q; said is %v", want, said)
		}
	}
}

// Tasks are written one by one: what the writer holds does not grow with them.
func TestWriteJSONHoldsNoSecondCopy(t *testing.T) {
	s := waiters(20_000).Seal()
	before := heapInUse()
	peak := &heapPeak{}
	if err := graph.WriteJSON(peak, s); err != nil {
		t.Fatal(err)
	}
	if grown := int64(peak.max) - int64(before); peak.written < 4<<20 || grown > 1<<20 {
		t.Errorf("writing %d KB took %d KB of heap, want less than 1,024", peak.written>>10, grown>>10)
	}
}

// heapPeak takes what is written and looks at the heap now and then, after a
// collection: what is left is what the writer holds on to.
type heapPeak struct {
	written, next int
	max           uint64
}

func (p *heapPeak) Write(b []byte) (int, error) {
	if p.written += len(b); p.written >= p.next {
		p.next += 1 << 20
		p.max = max(p.max, heapInUse())
	}
	return len(b), nil
}

// A snapshot that was read costs what the one that was written did: what the
// text repeats for each task is kept once.
func TestReadJSONSharesWhatRepeats(t *testing.T) {
	var text bytes.Buffer
	if err := graph.WriteJSON(&text, waiters(5_000).Seal()); err != nil {
		t.Fatal(err)
	}
	before := heapInUse()
	s, err := graph.ReadJSON(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	got := (float64(heapInUse()) - float64(before)) / float64(len(s.Tasks))
	runtime.KeepAlive(text)
	t.Logf("%.0f bytes a task", got)
	if got > maxTaskBytes && !raceDetector {
		t.Errorf("a task that was read costs %.0f bytes, want at most %d", got, maxTaskBytes)
	}
}

// Many waiters of a group of many are cut, and that is said; reading derives
// them again.
func TestAwaitersAreCut(t *testing.T) {
	b := graph.NewBuilder("test")
	const members, waiters = 3, 1_500
	g := b.Group("sync.WaitGroup", 0xc000)
	g.Evidence = proven
	for i := range members + waiters {
		id := graph.TaskID(fmt.Sprintf("go:%d", i+1))
		if i < members {
			g.Members = append(g.Members, id)
			b.Task(running(id))
		} else {
			b.Task(waiting(id, on(g)))
		}
	}
	s := sealed(t, b)
	text := written(t, s)
	if want := `{"what":"awaited_by","kept":3000,"total":4500}`; !strings.Contains(text, want) {
		t.Errorf("nothing says %s", want)
	}
	if n := strings.Count(lineOf(t, text, `{"id":"go:1"`), `"via":"g1"`); n != 1_000 {
		t.Errorf("go:1 has %d awaiters in the text, want 1,000", n)
	}
	back := read(t, text)
	if n := len(back.AwaitedBy(back.Task("go:1"))); n != waiters || len(back.Truncated) != 0 {
		t.Errorf("go:1 has %d awaiters again, want %d, and none is cut", n, waiters)
	}
	if written(t, back) != text {
		t.Error("written again, it differs")
	}
}

func TestWriteJSONPassesOnErrors(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	if err := graph.WriteJSON(w, full()); err != io.ErrClosedPipe {
		t.Errorf("the error is %v, want %v", err, io.ErrClosedPipe)
	}
}

func BenchmarkJSON(b *testing.B) {
	const n = 100_000
	s := waiters(n).Seal()
	var text bytes.Buffer
	if err := graph.WriteJSON(&text, s); err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := graph.WriteJSON(io.Discard, s); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(text.Len())/n, "bytes/task")
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := graph.ReadJSON(bytes.NewReader(text.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"schema":"dlv-async/snapshot/1","tasks":[{"id":"go:1","waits":[{"kind":"await task","task":"go:1"}]}]}`))
	var b bytes.Buffer
	if err := graph.WriteJSON(&b, full()); err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Clone(b.Bytes()))
	b.Reset()
	if err := graph.WriteJSON(&b, full().Select(graph.Filter{Tasks: map[graph.TaskID]bool{"go:2": true}})); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	schema := strictly(f, "snapshot.schema.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := graph.ReadJSON(bytes.NewReader(data))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is more than a line: %q", err)
			}
			return
		}
		if err := graph.Validate(s); err != nil {
			t.Fatalf("%v\nread from %q", err, data)
		}
		first := written(t, s)
		conforms(t, schema, first)
		if second := written(t, read(t, first)); first != second {
			t.Fatalf("written:\n%s\nread and written:\n%s", first, second)
		}
		for _, n := range s.Forest(graph.ForestOptions{Coalesce: true}) {
			_ = fmt.Sprint(n.Tasks)
		}
		for _, task := range s.Tasks {
			s.Backtrace(task.ID, 3)
		}
		s.Stacks(graph.ForestOptions{})
	})
}
