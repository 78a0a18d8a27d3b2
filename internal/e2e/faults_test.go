package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// accounts returns what a snapshot says of each task, with resources and
// groups named by their addresses: their numbers shift when one is missing.
func accounts(t *testing.T, s *graph.Snapshot) map[string]string {
	t.Helper()
	doc, err := decode(toJSON(t, s))
	if err != nil {
		t.Fatal(err)
	}
	names, details := map[string]string{}, map[string]any{}
	for _, list := range []string{"groups", "resources"} {
		for _, e := range objects(doc[list]) {
			names[e["id"].(string)] = fmt.Sprint(e["kind"], " ", e["address"])
			details[e["id"].(string)] = e["detail"]
		}
	}
	withoutComforts(doc)
	out := map[string]string{}
	for _, task := range objects(doc["tasks"]) {
		for _, ref := range referencesIn(task) {
			if d := details[ref]; d != nil {
				task["detail of "+names[ref]] = d // by the name: numbers order them otherwise
			}
		}
		delete(task, "spawned")
		text, err := json.MarshalIndent(task, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		out[task["id"].(string)] = reference.ReplaceAllStringFunc(string(text), func(id string) string {
			return cmp.Or(names[id], id)
		})
	}
	return out
}

// withoutComforts drops from a snapshot what a walk adds when it finds it and
// nobody misses otherwise: names and addresses of descriptors, and by them from where
// a response is to come; what is in a buffer, which is looked for among words that
// may be no pointers; the groups that are inferred, a blocked task's thread.
func withoutComforts(doc object) {
	inferred := map[string]bool{}
	for _, g := range objects(doc["groups"]) {
		if e, ok := g["evidence"].(object); ok && e["confidence"] == "inferred" {
			inferred[g["id"].(string)] = true
		}
	}
	each(doc, func(o object) {
		for _, key := range []string{"thread", "local", "remote", "name", "deadline_in_ms"} {
			delete(o, key)
		}
		if phase, ok := o["phase"].(string); ok {
			phase, _, _ = strings.Cut(phase, " from ")
			o["phase"] = strings.Replace(phase, "connection idle, or ", "", 1)
		}
		if d, ok := o["detail"].(object); ok {
			delete(d, "bufio.Reader")
			delete(d, "bufio.Writer")
			if len(d) == 0 {
				delete(o, "detail")
			}
		}
		dropFrom(o, "groups", func(id any) bool { s, _ := id.(string); return inferred[s] })
		dropFrom(o, "awaited_by", func(a any) bool { via, _ := a.(object)["via"].(string); return inferred[via] })
	})
}

// dropFrom drops elements from one of an object's lists, and the list when
// nothing is left.
func dropFrom(o object, key string, drop func(any) bool) {
	list, ok := o[key].([]any)
	if !ok {
		return
	}
	if o[key] = slices.DeleteFunc(list, drop); len(o[key].([]any)) == 0 {
		delete(o, key)
	}
}

// findings are the messages of all problems in a snapshot.
func findings(s *graph.Snapshot) []string {
	var all []string
	add := func(problems []*graph.Problem) {
		for _, p := range problems {
			all = append(all, p.Code+": "+p.Message)
		}
	}
	add(s.Problems)
	for _, t := range s.Tasks {
		add(t.Problems)
	}
	for _, g := range s.Groups {
		add(g.Problems)
	}
	for _, r := range s.Runtimes {
		all = append(all, fmt.Sprint(r.Complete, r.Notes))
	}
	slices.Sort(all)
	return all
}

// Each thing that a walk reads is withheld once. There is an error, or a
// valid snapshot in which no task is missing; whatever else is missing is said
// to be; and what one task has alone costs those alone that have to do with it.
// What libraries keep joins tasks that have nothing to do with each other otherwise:
// of programs that use them, the runtime's own account alone is held against that.
func TestEveryReadFailsOnce(t *testing.T) {
	programs := []string{"chans", "mutexes", "waitgroup", "errgroup", "cond", "sleep", "network", "busy"}
	libraries := []string{"contexts", "xsync", "coroutines", "groups", "bubble", "labels", "syscalls", "database", "tests", "server"}
	for _, program := range slices.Concat(programs, libraries) {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			r := record(t, program)
			near := accounts
			if slices.Contains(libraries, program) {
				near = essentials
				if !testtarget.Full() {
					r.read = sample(r.read)
				}
			}
			whole, nearBefore := toJSON(t, r.baseline), near(t, r.baseline)
			before, told := accounts(t, r.baseline), findings(r.baseline)
			// Those that wait for a context are found to do so with luck.
			maps.DeleteFunc(before, func(_, account string) bool { return strings.Contains(account, `"kind": "context"`) })
			for _, bad := range r.read {
				without := fmt.Sprintf("without %d bytes at %#x", bad.Len, bad.Addr)
				begin := time.Now()
				s, err := r.walk(t, &tampered{fails: func(x dlvext.Range) bool {
					return x.Addr < bad.Addr+uint64(bad.Len) && bad.Addr < x.Addr+uint64(x.Len)
				}})
				if took := time.Since(begin); took > tooLong {
					t.Errorf("%s the walk took %v", without, took)
				}
				if err != nil || bytes.Equal(toJSON(t, s), whole) {
					continue // it is said, and nothing else is; or all is
				}
				// One more is a dead one that nobody can tell from another.
				if len(s.Tasks) < len(r.baseline.Tasks) {
					t.Errorf("%s there are %d tasks of %d", without, len(s.Tasks), len(r.baseline.Tasks))
				}
				after := accounts(t, s)
				changed := changes(before, after)
				if len(changed) > 0 && gocmp.Equal(told, findings(s)) {
					id := changed[0]
					t.Errorf("%s this is lost, and nobody says so: %s\n%s", without, id, gocmp.Diff(lines([]byte(before[id])), lines([]byte(after[id]))))
				}
				if far := changes(nearBefore, near(t, s)); !r.inModule(bad.Addr) && !aroundOne(nearBefore, far) {
					t.Errorf("%s tasks change that have nothing to do with one another: %v", without, far)
				}
			}
		})
	}
}

// essentials are what a snapshot says of each task by the runtime's own
// account: its state, its frames, the kind of its wait, who created it.
func essentials(t *testing.T, s *graph.Snapshot) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, task := range s.Tasks {
		a := fromTask(task)
		out[string(task.ID)] = strings.Join(append([]string{a.State, a.Created, a.Creator}, a.Frames...), "\n")
	}
	return out
}

// sample takes some dozens of reads, spread over all of them.
func sample(reads []dlvext.Range) []dlvext.Range {
	const some = 60
	var out []dlvext.Range
	for i := 0; i < len(reads); i += len(reads)/some + 1 {
		out = append(out, reads[i])
	}
	return out
}

// tooLong is far more than a walk of a small recording may take, some
// milliseconds, or one whose flipped bits claim a million tasks, a second or two, on
// a machine that does other things too: it tells what hangs, not what is slow.
const tooLong = 2 * time.Minute

// inModule reports whether an address is of a file's mapping: what all tasks share.
func (r *replay) inModule(addr uint64) bool {
	return slices.ContainsFunc(r.img.Modules, func(m *dlvext.Module) bool { return m.Start <= addr && addr < m.End })
}

// changes returns the ids of the tasks of which less or something else is said.
func changes(before, after map[string]string) []string {
	var ids []string
	for id := range before {
		if after[id] != before[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// aroundOne reports whether one of the tasks has to do with all the others:
// an account names the other task, or both name something.
func aroundOne(accounts map[string]string, tasks []string) bool {
	named := map[string]map[string]bool{}
	for _, id := range tasks {
		named[id] = map[string]bool{id: true}
		for _, ref := range reference.FindAllString(accounts[id], -1) {
			if ref != "go:1" { // who created them all
				named[id][ref] = true
			}
		}
	}
	related := func(a, b string) bool {
		for ref := range named[a] {
			if named[b][ref] {
				return true
			}
		}
		return false
	}
	return len(tasks) == 0 || slices.ContainsFunc(tasks, func(one string) bool {
		return !slices.ContainsFunc(tasks, func(other string) bool { return !related(one, other) })
	})
}

// Bits of what a walk reads are flipped, one to eight at a time. There is no
// panic, the snapshot is valid, and it comes in bounded time.
func TestBitFlips(t *testing.T) {
	variants, programs := uint64(250), []string{"chans", "mutexes", "waitgroup", "errgroup"}
	if testtarget.Full() {
		variants = 2000
		programs = append(programs, "contexts", "xsync", "bubble", "database", "semaphores", "holders", "server")
	}
	for _, program := range programs {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			r := record(t, program)
			for seed := range variants {
				flips := flipsOf(r, seed)
				begin := time.Now()
				_, _ = r.walk(t, &tampered{change: flips.apply})
				if took := time.Since(begin); took > tooLong {
					t.Errorf("with %#x flipped (seed %d) the walk took %v", flips, seed, took)
				}
			}
		})
	}
}
