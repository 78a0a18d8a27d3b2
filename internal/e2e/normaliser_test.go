package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sameMoment drops from a snapshot what two looks at one process that stands
// still may differ in: how and when it was looked at, and time that passed.
// Addresses and ids stay.
func sameMoment(snapshot []byte) ([]byte, error) {
	doc, err := decode(snapshot)
	if err != nil {
		return nil, err
	}
	delete(doc, "tool")
	if p, ok := doc["process"].(object); ok {
		for _, key := range []string{"source", "captured_at", "stopped_ms", "notes"} {
			delete(p, key)
		}
	}
	for _, r := range objects(doc["runtimes"]) {
		delete(r, "stats")      // what they queue goes on as well
		delete(r, "looked_for") // a core has the heap
	}
	setAside(doc)
	dropUnlessWhole(doc)
	for _, task := range objects(doc["tasks"]) {
		if task["system"] == true { // the runtime's own goroutines go on
			for key := range task {
				if key != "id" && key != "name" {
					delete(task, key)
				}
			}
		}
	}
	if problems, ok := doc["problems"].([]any); ok { // what a core did not let be checked
		doc["problems"] = slices.DeleteFunc(problems, func(p any) bool { return p.(object)["code"] == "source" })
	}
	each(doc, func(o object) { // times to come are counted from now, which no core tells
		for _, key := range timesToCome {
			delete(o, key)
		}
		if d, ok := o["detail"].(object); ok && len(d) == 1 && d[timesToCome[0]] != nil {
			delete(o, "detail")
		}
	})
	return encode(roundTimes(doc).(object))
}

// stable turns a snapshot into one that is the same for every run of a
// program on every machine: ids and addresses are numbered in an order that
// follows from what the tasks are, descriptors in their own order, paths begin
// at names, lines of the standard library, which change with its release, are
// 0, as is what tells the release itself, details named in chance are dropped.
// All else stays.
func stable(snapshot []byte, paths map[string]string, chance []string) ([]byte, error) {
	doc, err := decode(snapshot)
	if err != nil {
		return nil, err
	}
	delete(doc, "tool")
	setAside(doc)
	dropUnlessWhole(doc)
	rankDescriptors(doc)
	if p, ok := doc["process"].(object); ok {
		for _, key := range []string{"source", "captured_at", "stopped_ms", "pid", "notes"} {
			delete(p, key)
		}
		if exe, ok := p["exe"].(string); ok {
			p["exe"] = strings.TrimRight(filepath.Base(exe), ".0123456789") // python3.11
		}
	}
	for _, r := range objects(doc["runtimes"]) {
		r["version"] = r["id"]
		if r["id"] == "py" {
			delete(r, "layout") // which of them there are goes by the release
		}
		delete(r, "stats")
	}
	doc = roundTimes(doc).(object)
	doc = mapStrings(doc, func(s string) string {
		for from, to := range paths {
			s = strings.ReplaceAll(s, from, to)
		}
		s = pythonLibrary.ReplaceAllString(s, "$$LIB/")
		s = automatic.ReplaceAllString(s, "Task-N")
		return port.ReplaceAllString(s, "$1:PORT")
	}).(object)
	each(doc, func(o object) {
		if detail, ok := o["detail"].(object); ok {
			for _, key := range chance {
				delete(detail, key)
			}
		}
		delete(o, "thread")
		delete(o, "pc")
		if o["origin"] == "stdlib" || o["origin"] == "runtime" {
			delete(o, "line")
		}
	})
	doc = rename(doc)
	return encode(doc)
}

// dropUnlessWhole drops what is known only where the whole heap is: in a core, or
// when it was asked for. TestGoLeaks has that.
func dropUnlessWhole(doc object) {
	for _, r := range objects(doc["runtimes"]) {
		notes, ok := r["notes"].([]any)
		if notes = slices.DeleteFunc(notes, func(n any) bool {
			return strings.HasPrefix(n.(string), "whether goroutines leaked")
		}); ok && len(notes) == 0 {
			delete(r, "notes")
		} else if ok {
			r["notes"] = notes
		}
	}
	for _, r := range objects(doc["resources"]) {
		delete(r, "reached_by")
		if d, ok := r["detail"].(object); ok {
			delete(d, "out_of_reach")
		}
	}
	problems, ok := doc["problems"].([]any)
	if !ok {
		return
	}
	doc["problems"] = slices.DeleteFunc(problems, func(p any) bool {
		code := p.(object)["code"]
		return code == "leak" || code == "held-by-global"
	})
}

// setAside makes a system task of the thread that answers the test in Python
// targets, standing nowhere: it goes on.
func setAside(doc object) {
	for _, task := range objects(doc["tasks"]) {
		if task["kind"] == "thread" && task["name"] == "ready" {
			task["system"] = true
			delete(task, "waits")
			delete(task, "frames")
			task["state"] = "blocked"
		}
	}
}

// rankDescriptors numbers the file descriptors that tasks wait for from 0, in
// their own order: which numbers are free depends on what the program
// inherited.
func rankDescriptors(doc object) {
	var details []object
	var numbers []int64
	for _, r := range objects(doc["resources"]) {
		detail, _ := r["detail"].(object)
		if n, ok := detail["fd"].(json.Number); ok {
			fd, _ := n.Int64()
			details, numbers = append(details, detail), append(numbers, fd)
		}
	}
	ranked := slices.Compact(slices.Sorted(slices.Values(numbers)))
	for i, detail := range details {
		rank, _ := slices.BinarySearch(ranked, numbers[i])
		detail["fd"] = json.Number(strconv.Itoa(rank))
	}
}

var (
	reference     = references{regexp.MustCompile(`\.py:\d+|\b(?:go:\d+|py:t\d+|py:[0-9a-f]+|[rg]\d+|0x[0-9a-f]+)\b`)}
	port          = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]):\d+`)
	pythonLibrary = regexp.MustCompile(`[^ "]*/lib/python3\.\d+/`)
	automatic     = regexp.MustCompile(`^Task-\d+$`) // a name that counts the tasks before it
)

// references finds ids and addresses in text. A place in a file, done.py:91, looks
// like one, and is none.
type references struct{ pattern *regexp.Regexp }

// ReplaceAllStringFunc is that of regexp.Regexp.
func (r references) ReplaceAllStringFunc(s string, with func(string) string) string {
	return r.pattern.ReplaceAllStringFunc(s, func(ref string) string {
		if ref[0] == '.' {
			return ref
		}
		return with(ref)
	})
}

// FindAllString returns all there are.
func (r references) FindAllString(s string, n int) []string {
	return slices.DeleteFunc(r.pattern.FindAllString(s, n), func(ref string) bool { return ref[0] == '.' })
}

// decode reads JSON and keeps its numbers as they are written.
func decode(snapshot []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(snapshot))
	d.UseNumber()
	var doc object
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("the snapshot is no JSON object: %w", err)
	}
	return doc, nil
}

func encode(doc object) ([]byte, error) {
	return json.MarshalIndent(doc, "", "  ")
}

var timesToCome = []string{"due_in_ms", "deadline_in_ms"}

// roundTimes rounds the times that run on (all milliseconds but periods) up
// to ten minutes, and drops those that only grow.
func roundTimes(v any) any {
	each(v, func(o object) {
		delete(o, "since_ms")
		delete(o, "test_running_ms")
		delete(o, "request_age_ms")
		for _, key := range timesToCome {
			if n, ok := o[key].(json.Number); ok {
				ms, _ := n.Float64()
				o[key] = json.Number(fmt.Sprintf("%.0f", math.Ceil(ms/600_000)*600_000))
			}
		}
	})
	return v
}
