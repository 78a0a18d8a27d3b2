package render_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// TestCountsAgree draws random graphs and counts what the lists show: with
// what they say they leave out it is what the header says, whatever the limit.
func TestCountsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomSnapshot(t)
		o := render.Options{Width: 10_000, Now: now, System: rapid.Bool().Draw(t, "system"), Limit: rapid.IntRange(0, 6).Draw(t, "limit")}
		want := 0
		for _, task := range s.Tasks {
			if o.System || !task.System {
				want++
			}
		}
		for _, v := range views {
			switch v.name {
			case "report", "tree", "tasks", "stacks":
			default:
				continue
			}
			var out strings.Builder
			if err := v.view(&out, s, o); err != nil {
				t.Fatal(err)
			}
			if header := headerCount(out.String()); header != want {
				t.Fatalf("%s: %d in the header, %d in the snapshot:\n%s", v.name, header, want, out.String())
			}
			if listed := listed(v.name, out.String()); listed != want {
				t.Fatalf("%s: %d in the list, %d in the header:\n%s", v.name, listed, want, out.String())
			}
		}
	})
}

// TestThingsAreAllListed draws random graphs and counts the groups and
// resources, alone and alike, that the views of them show.
func TestThingsAreAllListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomSnapshot(t)
		limit := rapid.IntRange(0, 3).Draw(t, "limit")
		for _, c := range []struct {
			name string
			view view
			want int
		}{{"group", render.Groups, len(s.Groups)}, {"resource", render.Resources, len(s.Resources)}} {
			var out strings.Builder
			if err := c.view(&out, s, render.Options{Width: 10_000, Now: now, System: true}); err != nil {
				t.Fatal(err)
			}
			n, entries := 0, 0
			for _, m := range thingHead.FindAllStringSubmatch(out.String(), -1) {
				n += max(atoi(m[1]), 1)
				entries++
			}
			if n != c.want {
				t.Fatalf("%d %ss listed, want %d:\n%s", n, c.name, c.want, out.String())
			}
			out.Reset()
			if err := c.view(&out, s, render.Options{Width: 10_000, Now: now, System: true, Limit: limit}); err != nil {
				t.Fatal(err)
			}
			if cut := fmt.Sprintf("… %d more %s", entries-limit, c.name); strings.Contains(out.String(), cut) != (limit > 0 && entries > limit) {
				t.Fatalf("cut at %d of %d:\n%s", limit, entries, out.String())
			}
		}
	})
}

var thingHead = regexp.MustCompile(`(?m)^(?:([\d,]+)x|[rg]\d+)  `)

// TestWidthsHold draws random graphs with odd names and renders them at random widths.
func TestWidthsHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := randomSnapshot(rt)
		poison(s, rapid.StringOfN(rapid.RuneFrom([]rune("aZ09._()*/ 日ｗ👩é\u0301\x1b\n…")), 0, 30, -1).Draw(rt, "suffix"))
		o := render.Options{Width: rapid.IntRange(20, 250).Draw(rt, "width"), Now: now, ASCII: rapid.Bool().Draw(rt, "ascii")}
		for _, v := range views {
			harmless(t, v.name, v.view, s, o)
		}
		for _, task := range s.Tasks {
			o.Task = task.ID
			for _, v := range taskViews {
				harmless(t, v.name, v.view, s, o)
			}
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
}

var (
	headerTasks = regexp.MustCompile(`· ([\d,]+) tasks?\b`)
	label       = regexp.MustCompile(`^[│├└─ …]*(?:(go:\d+) |([\d,]+)x  )`) // groups that are alike have one space
	moreTasks   = regexp.MustCompile(`… ([\d,]+) more tasks?\b`)
	moreStacks  = regexp.MustCompile(`… [\d,]+ more stacks? of ([\d,]+) tasks?`)
	stackHead   = regexp.MustCompile(`^(?:([\d,]+)x  )?go:\d+`)
)

func headerCount(out string) int {
	m := headerTasks.FindStringSubmatch(out)
	if m == nil {
		return -1
	}
	return atoi(m[1])
}

// listed counts the tasks that the list of a view stands for.
func listed(view, out string) int {
	n := 0
	_, list, _ := strings.Cut(out, "\n")
	if view == "report" {
		_, list, _ = strings.Cut(list, "\nTasks")
	}
	for line := range strings.Lines(list) {
		if m := moreTasks.FindStringSubmatch(line); m != nil {
			n += atoi(m[1])
			continue
		}
		switch view {
		case "stacks":
			if m := moreStacks.FindStringSubmatch(line); m != nil {
				n += atoi(m[1])
			} else if m := stackHead.FindStringSubmatch(line); m != nil {
				n += max(atoi(m[1]), 1)
			}
		default:
			if m := label.FindStringSubmatch(line); m == nil || strings.Contains(line, "errgroup.Group 0x") && m[1] == "" && isGroup(line) {
				continue
			} else if m[1] != "" {
				n++
			} else {
				n += atoi(m[2])
			}
		}
	}
	return n
}

// isGroup tells the line of several alike groups from that of several tasks.
func isGroup(line string) bool { return regexp.MustCompile(`[\d,]+x errgroup`).MatchString(line) }

func atoi(s string) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
	return n
}

// randomSnapshot draws a program: tasks in groups, that wait for each other,
// for locks, channels and the clock.
func randomSnapshot(t *rapid.T) *graph.Snapshot {
	b := newSample(graph.Process{Source: "attach", PID: 1, Exe: "random", Stopped: time.Millisecond})
	b.goRuntime(0)
	n := rapid.IntRange(0, 25).Draw(t, "tasks")
	anyTask := func(name string) graph.TaskID {
		return graph.TaskID(fmt.Sprintf("go:%d", rapid.IntRange(1, n+2).Draw(t, name)))
	}
	var groups []*graph.Group
	for i := range rapid.IntRange(0, 4).Draw(t, "groups") {
		g := b.Group("errgroup.Group", uint64(0x1000+i*0x10))
		g.Owner, g.Outstanding, g.Evidence = anyTask("owner"), rapid.IntRange(-1, 5).Draw(t, "left"), wrapper
		groups = append(groups, g)
	}
	for i := range n {
		var w *graph.Wait
		switch kind := rapid.IntRange(0, 6).Draw(t, "wait"); {
		case kind == 1:
			w = &graph.Wait{Kind: graph.WaitTask, Task: anyTask("awaited"), Evidence: proven}
		case kind == 2 && len(groups) > 0:
			w = &graph.Wait{Kind: graph.WaitWaitGroup, Group: rapid.SampledFrom(groups).Draw(t, "group").ID, Evidence: proven}
		case kind == 3:
			w = on(graph.WaitMutex, b.mutex(uint64(0x2000+rapid.IntRange(0, 3).Draw(t, "mutex")*16), 1, anyTask("holder")))
		case kind == 4:
			w = on(graph.WaitChanSend, b.channel(uint64(0x3000+rapid.IntRange(0, 3).Draw(t, "chan")*16), "chan int", 0, 0))
		case kind == 5:
			w = &graph.Wait{Kind: graph.WaitSleep, Since: time.Duration(rapid.IntRange(0, 1e12).Draw(t, "since"))}
		case kind == 6:
			w = &graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{{Kind: graph.WaitContext}, {Kind: graph.WaitTask, Task: anyTask("branch")}}}
		}
		fn := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "function")
		task := b.task(i+1, w, user("orders."+fn, fn+".go", 7))
		task.System = rapid.IntRange(0, 9).Draw(t, "system") == 0
		if len(groups) > 0 && rapid.Bool().Draw(t, "member") {
			task.Groups = []graph.GroupID{rapid.SampledFrom(groups).Draw(t, "of").ID}
		}
		if rapid.Bool().Draw(t, "created") {
			task.CreatedBy = &graph.Creation{Task: anyTask("creator"), At: mainFrame("start", 3)}
		}
	}
	return b.Seal()
}

// TestDeepTree draws a chain of tasks each of which waits for the next: how
// deep it is, is the target's to choose.
func TestDeepTree(t *testing.T) {
	const depth = 3_000
	b := newSample(graph.Process{Source: "attach", PID: 1, Exe: "chain"})
	b.goRuntime(0)
	for i := range depth {
		next := graph.TaskID(fmt.Sprintf("go:%d", i+2))
		b.task(i+1, &graph.Wait{Kind: graph.WaitTask, Task: next, Evidence: proven}, user(fmt.Sprintf("orders.step%d", i), "chain.go", i))
	}
	b.task(depth+1, nil, user("orders.last", "chain.go", 1))
	s := b.Seal()
	for _, v := range views {
		harmless(t, v.name, v.view, s, render.Options{Width: 80, Limit: 500, Now: now})
	}
	harmless(t, "where", render.Where, s, render.Options{Width: 80, Task: "go:1", Now: now})
	tree := text(t, render.Tree, s, render.Options{})
	if got := listed("tree", tree); got != depth+1 {
		t.Errorf("%d tasks drawn of %d", got, depth+1)
	}
}
