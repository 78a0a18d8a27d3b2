package testtarget

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// PythonStack is what a program of testdata/python says of itself: what
// asyncio and the interpreter tell from inside. See oracle in ready.py.
type PythonStack struct {
	Version string         `json:"version"`
	PID     int            `json:"pid"`
	Loops   []PythonLoop   `json:"loops"`
	Kept    []PythonTask   `json:"kept"` // tasks that are done and still referenced
	Threads []PythonThread `json:"threads"`
}

// PythonLoop is an event loop with its tasks that are not done, by name.
type PythonLoop struct {
	ID     string       `json:"id"` // its address: 0x7f...
	Type   string       `json:"type"`
	Thread int          `json:"thread"` // the native id; 0: it does not run
	Tasks  []PythonTask `json:"tasks"`
}

// PythonTask is an asyncio task.
type PythonTask struct {
	ID             string        `json:"id"` // its address: 0x7f...
	Name           string        `json:"name"`
	Type           string        `json:"type"`
	State          string        `json:"state"` // created, pending, running, done, failed, cancelled
	Chain          []PythonFrame `json:"chain"` // innermost first; empty: it runs or is done
	Leaf           *PythonObject `json:"leaf"`  // what the chain ends in
	WaitsFor       *PythonObject `json:"waits_for"`
	CancelRequests int           `json:"cancel_requests"`
	Error          *PythonError  `json:"error"`
}

// PythonFrame is a call and the place in it.
type PythonFrame struct {
	Function string `json:"function"` // its qualified name; before 3.11 the plain one in threads
	Module   string `json:"module"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

// PythonObject is a reference to an object.
type PythonObject struct {
	ID   string `json:"id"` // its address: 0x7f...
	Type string `json:"type"`
}

// PythonError is the exception that a task ended with.
type PythonError struct {
	Type      string `json:"type"`
	Message   string `json:"message"`
	Retrieved bool   `json:"retrieved"`

	Frames []PythonFrame `json:"frames"` // in which it was raised, innermost first
}

// PythonThread is a thread that has run Python.
type PythonThread struct {
	NativeID int           `json:"native_id"` // 0: not known to the threading module
	Name     string        `json:"name"`
	Frames   []PythonFrame `json:"frames"` // innermost first
}

// ParsePythonStack reads what [Target.Stack] of a Python returns.
func ParsePythonStack(dump string) (PythonStack, error) {
	var s PythonStack
	err := json.Unmarshal([]byte(dump), &s)
	return s, err
}

var needs = regexp.MustCompile(`(?m)^Needs Python 3\.(\d+)`)

// PythonPrograms returns the programs of testdata/python that tell of
// themselves (those that import ready) and run on p: whose first words do not
// say that they need a later Python.
func PythonPrograms(t testing.TB, p Python) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Root(t), "testdata", "python", "*.py"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	var programs []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte("\nimport ready\n")) {
			continue
		}
		if m := needs.FindSubmatch(text); m != nil {
			if minor, _ := strconv.Atoi(string(m[1])); !p.AtLeast(minor) {
				continue
			}
		}
		programs = append(programs, filepath.Base(file))
	}
	return programs
}
