package render

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Requests shows the requests that are being served, by where they stand: those
// of which there are most first, and what lives long behind them.
func Requests(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	v.terse = !o.Full
	v.header()
	v.shortfalls()
	v.blank()
	if !v.requests(o.Limit) {
		v.wrap(v.text(), v.indent(2), v.say(strong, "No request is being served").add(quiet, "  (looked for: those of net/http, fasthttp, net/rpc, gRPC, miekg/dns, aiohttp, Celery, Tornado, and of servers of ASGI and WSGI)"))
	}
	return v.end()
}

// requests shows in at most so many rows (0: all) what the requests that are
// being served do. It reports whether there are any.
func (v *view) requests(rows int) bool {
	tasks, words := v.beingServed()
	if len(tasks) == 0 {
		return false
	}
	v.wrap(v.text(), v.indent(2), v.say(strong, "Requests").add(quiet, "  "+words))
	v.requestRows(tasks, rows)
	return true
}

// beingServed are the tasks that serve requests, and how many requests of each
// kind there are, in words.
func (v *view) beingServed() (tasks []graph.TaskID, words string) {
	kinds, oldest := census{}, time.Duration(0)
	for _, t := range v.s.Tasks {
		d := detail(t.Detail)
		if what := d.text(graph.DetailServes); what != "" {
			_, noun, _ := strings.Cut(what, " ") // without its article
			kinds[noun]++
			tasks = append(tasks, t.ID)
			oldest = max(oldest, age(t))
		}
	}
	var counts []string
	for _, noun := range slices.SortedFunc(maps.Keys(kinds), func(a, b string) int {
		return cmp.Or(cmp.Compare(kinds[b], kinds[a]), strings.Compare(a, b))
	}) {
		counts = append(counts, number(kinds[noun])+" "+plural(noun, kinds[noun]))
	}
	words = strings.Join(counts, ", ")
	if oldest > 0 {
		words += "; the oldest came at least " + duration(oldest) + " ago"
	}
	return tasks, words
}

// requestRows shows where the requests stand that the tasks serve.
func (v *view) requestRows(serving []graph.TaskID, rows int) {
	tasks, request := v.standing(serving)
	groups, _ := v.coalesce(tasks, false, len(tasks))
	longest := func(alike []graph.TaskID) (oldest time.Duration) {
		for _, id := range alike {
			oldest = max(oldest, age(request[id]))
		}
		return oldest
	}
	slices.SortStableFunc(groups, func(a, b []graph.TaskID) int {
		return cmp.Or(cmp.Compare(livesLong(request[a[0]]), livesLong(request[b[0]])), cmp.Compare(len(b), len(a)))
	})
	shown := groups
	if rows > 0 && len(groups) > rows+1 { // the line that counts one would take its room
		shown = groups[:rows]
	}
	labels, places := v.aligned(len(shown), func(i int) (*graph.Task, []graph.TaskID) {
		return v.s.Task(shown[i][0]), shown[i]
	})
	for _, alike := range shown {
		tail := v.text()
		if names := v.requestNames(alike, request); names != "" {
			tail.add(strong, names).add(normal, ": ")
		}
		tail.join(v.does(alike))
		if oldest := longest(alike); oldest > 0 {
			tail.add(quiet, "; "+verb(len(alike), "it", "the oldest")+" came at least "+duration(oldest)+" ago")
		}
		v.taskLine(v.s.Task(alike[0]), alike, tail, labels, places, v.indent(2), v.indent(2))
	}
	rest := 0
	for _, alike := range groups[len(shown):] {
		rest += len(alike)
	}
	if rest > 0 {
		hint := " (--limit)"
		if v.o.Limit == 0 {
			hint = " (requests)"
		}
		v.row(v.indent(2), v.say(quiet, v.ellipsis+" "+number(rest)+" more, at "+count(len(groups)-len(shown), "other place")+hint))
	}
}

// age is how long ago at least the request came that a task serves; 0: not known.
func age(t *graph.Task) time.Duration {
	d, _ := detail(t.Detail).duration(graph.DetailRequestAge)
	return d
}

// livesLong is 1 for what is meant to last, and 0 for what should soon be answered.
func livesLong(t *graph.Task) int {
	if what := detail(t.Detail).text(graph.DetailServes); strings.HasSuffix(what, "stream") || strings.HasSuffix(what, "connection") {
		return 1
	}
	return 0
}

// maxAwaited bounds how many tasks one request goes through.
const maxAwaited = 32

// standing are the tasks in which requests stand in the end, and who serves
// them: a server's own task waits for that of the handler, that for a job in a
// thread. Where one waits for several, or several for one, the way ends.
func (v *view) standing(serving []graph.TaskID) (tasks []graph.TaskID, request map[graph.TaskID]*graph.Task) {
	awaited := map[graph.TaskID]int{}
	for _, t := range v.s.Tasks {
		if next := awaitedAlone(t); next != "" {
			awaited[next]++
		}
	}
	request = make(map[graph.TaskID]*graph.Task, len(serving))
	v.s.EachTask(serving, func(t *graph.Task) {
		at := t
		for range maxAwaited {
			next := v.s.Task(awaitedAlone(at))
			if next == nil || awaited[next.ID] > 1 || detail(next.Detail).text(graph.DetailServes) != "" {
				break
			}
			at = next
		}
		if request[at.ID] != nil {
			at = t // they wait in a circle
		}
		request[at.ID] = t
		tasks = append(tasks, at.ID)
	})
	return tasks, request
}

// awaitedAlone is the one task whose end a task waits for; empty: there is none.
func awaitedAlone(t *graph.Task) graph.TaskID {
	if len(t.Waits) == 0 || t.Waits[0].Task == "" {
		return ""
	}
	switch t.Waits[0].Kind {
	case graph.WaitTask, graph.WaitExecutor, graph.WaitThread:
		return t.Waits[0].Task
	}
	return ""
}

// mostNames is how many requests one line names.
const mostNames = 2

// requestNames says which requests stand in tasks that are alike.
func (v *view) requestNames(tasks []graph.TaskID, request map[graph.TaskID]*graph.Task) string {
	var names []string
	seen := map[string]bool{}
	for _, id := range tasks {
		if name := detail(request[id].Detail).text(graph.DetailRequest); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, safe(name, v.ascii))
		}
	}
	if more := len(names) - mostNames; more > 1 {
		return strings.Join(names[:mostNames], ", ") + " and " + number(more) + " others"
	}
	return strings.Join(names, ", ")
}
