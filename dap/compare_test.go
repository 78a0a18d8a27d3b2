package dap_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What Delve's own adapter answers this one answers too, but for what it adds.
func TestAsDelveAnswers(t *testing.T) {
	t.Parallel()
	for name, flow := range flows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core := sync.OnceValues(func() (exe, core string) {
				tg := testtarget.Start(t, testtarget.Build(t, "errgroup", unoptimised))
				return tg.Exe, tg.GCore(t)
			})
			play := func(cmd *exec.Cmd) []string {
				k := &talker{client: started(t, cmd).connect(t), core: core}
				flow(k)
				return k.script()
			}
			theirs, ours := play(exec.Command(delvesOwn())), play(exec.Command(binary(), "dap"))
			for i := range max(len(theirs), len(ours)) {
				var a, b string
				if i < len(theirs) {
					a = theirs[i]
				}
				if i < len(ours) {
					b = ours[i]
				}
				if a != b {
					t.Fatalf("line %d of the script: Delve's adapter says\n%s\nand this one\n%s\nafter\n%s", i, a, b, strings.Join(theirs[max(i-3, 0):i], "\n"))
				}
			}
		})
	}
}

// talker is a client that writes down what it is answered.
type talker struct {
	*client
	core  func() (exe, core string) // one core dump for all
	lines []string
}

// ask sends a request and returns the body of the answer.
func (k *talker) ask(command string, arguments any) map[string]any {
	k.t.Helper()
	return k.answered(command, k.send(command, arguments))
}

func (k *talker) answered(command string, seq int) map[string]any {
	k.t.Helper()
	content, err := json.Marshal(k.answer(seq))
	if err != nil {
		k.t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(content, &m); err != nil {
		k.t.Fatal(err)
	}
	delete(m, "seq")
	delete(m, "request_seq")
	body, _ := m["body"].(map[string]any)
	k.withoutOurs(command, body)
	k.note(command, m)
	return body
}

// withoutOurs takes out of an answer what this adapter adds.
func (k *talker) withoutOurs(command string, body map[string]any) {
	without := func(list string, ours func(entry map[string]any) bool) {
		entries, _ := body[list].([]any)
		if entries != nil {
			body[list] = slices.DeleteFunc(entries, func(e any) bool { return ours(e.(map[string]any)) })
		}
	}
	switch command {
	case "initialize":
		delete(body, "supportsANSIStyling")
	case "stackTrace":
		const firstOfOurs = 1 << 30
		without("stackFrames", func(f map[string]any) bool { return f["id"].(float64) >= firstOfOurs })
		delete(body, "totalFrames")
	case "scopes":
		without("scopes", func(s map[string]any) bool { return s["name"] == "Async" })
	case "threads": // names and order are others, and what the runtime has started is a matter of time
		without("threads", func(t map[string]any) bool { delete(t, "name"); return t["id"].(float64) > 1 })
	}
}

// run sends a request that lets the program run, and waits for its stop or end.
func (k *talker) run(command string, arguments any) (thread int) {
	k.t.Helper()
	k.ask(command, arguments)
	return k.stop()
}

// stop waits until the program stops or ends, and returns the thread.
func (k *talker) stop() int {
	k.t.Helper()
	for i := 0; ; {
		for ; i < len(k.events); i++ {
			switch e := k.events[i].(type) {
			case *godap.StoppedEvent:
				k.events = slices.Delete(k.events, i, i+1)
				k.note("stopped", e.Body)
				return e.Body.ThreadId
			case *godap.TerminatedEvent:
				k.note("terminated", nil)
				return 0
			}
		}
		k.events = append(k.events, k.next())
	}
}

// frame returns the id of a frame of a thread.
func (k *talker) frame(thread, n int) int {
	k.t.Helper()
	frames := k.ask("stackTrace", map[string]any{"threadId": thread, "levels": 20})["stackFrames"].([]any)
	return int(frames[n].(map[string]any)["id"].(float64))
}

// note writes something down, without what differs from run to run.
func (k *talker) note(what string, v any) {
	content, err := json.Marshal(v)
	if err != nil {
		k.t.Fatal(err)
	}
	line := what + " " + string(content)
	for _, c := range chances {
		line = c.pattern.ReplaceAllString(line, c.instead)
	}
	k.lines = append(k.lines, line)
}

var chances = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`0x[0-9a-f]{4,}`), "0x…"},
	{regexp.MustCompile(`([Pp]rocess|pid|PID|[gG]oroutine|Thread|Go) [0-9]+`), "$1 …"},
	{regexp.MustCompile(`"(threadId|systemProcessId)":[0-9]+,`), ""},
	{regexp.MustCompile(regexp.QuoteMeta(os.TempDir()) + `/[^ "]*`), "TMP"},
	{regexp.MustCompile(`"(instructionBytes|data)":"[^"]*"`), `"$1":…`},
}

// script is all that was said: answers in their order, and then what the
// console and the events told.
func (k *talker) script() []string {
	told := map[string]string{}
	events := map[string]bool{}
	for _, m := range k.events {
		switch e := m.(type) {
		case *godap.OutputEvent:
			told[e.Body.Category] += e.Body.Output
		case *customEvent: // ours
		default:
			events[m.(godap.EventMessage).GetEvent().Event] = true
		}
	}
	for _, category := range slices.Sorted(maps.Keys(told)) {
		k.note("output", []string{category, told[category]})
	}
	k.note("events", slices.Sorted(maps.Keys(events)))
	return k.lines
}
