package cpython_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// variable is the value of a variable of a task's frame in a function of its
// own; "-" when it has no such variable.
func (s seen) variable(task, name string) string {
	for _, f := range s.task(task).Frames {
		if !strings.HasPrefix(f.Func, "__main__.") {
			continue
		}
		for _, l := range f.Locals {
			if l.Name == name {
				return l.Value
			}
		}
	}
	return "-"
}

// valueOf is the value of the first variable of a name, whoever's.
func (s seen) valueOf(name string) string {
	for _, task := range s.Tasks {
		for _, f := range task.Frames {
			for _, l := range f.Locals {
				if l.Name == name {
					return l.Value
				}
			}
		}
	}
	return "-"
}

func TestLocals(t *testing.T) {
	eachPythonWith(t, 8, "locals.py", snapshot.Options{Locals: true}, func(t *testing.T, p testtarget.Python, s seen) {
		of := func(task string) func(string) string {
			return func(name string) string { return s.variable(task, name) }
		}
		compare(t, "values", of("values"), map[string]string{
			"nothing": "None", "negative": "-5", "nan": "nan", "latin": "'café'", "controls": `'a\tb\x1b[31m\n\x00'`,
			"tuple_": "(1, 'two', None)", "list_": "[1, [2, [3, […]]]]", "order": "Order(number=12, items=['tea'])",
			"colour": "<Colour.RED: 1>", "function": "<function values>", "error": "ValueError('wrong', 3)",
			"no": "-", "ContextVar request": "'none'",
		})
		compare(t, "circular", of("circular"), map[string]string{"ring": "[1, [...]]"})
		compare(t, "unset", of("unset"), map[string]string{"early": "1", "gone": "-", "late": "-"})
		compare(t, "cells", of("cells"), map[string]string{"captured": "'shared'", "own": "'not shared'"})
		compare(t, "context", of("context"), map[string]string{
			"ContextVar request": "'r-42'", "ContextVar user": "'ann'", "ContextVar extra-0": "0", "ContextVar extra-39": "39",
		})
		compare(t, "secrets", of("secrets"), map[string]string{
			"password": "<hidden>", "token": "<hidden>", "card": "<hidden>", "account": "'ann'", "args": "<hidden>",
		})
		compare(t, "everything", of("everything"), map[string]string{"amount": "<hidden>", "card": "<hidden>"})
		if tasks := s.variable("main", "tasks"); !strings.Contains(tasks, `"circular" waiting>`) {
			t.Errorf("tasks is %s, and has no task by its name", tasks)
		}
		nowhere(t, s, "hunter2", "4111-secret", "secret-4111")
	})
}

func TestLocalsRedacted(t *testing.T) {
	eachPythonWith(t, 8, "locals.py", snapshot.Options{Locals: true, Redact: true}, func(t *testing.T, p testtarget.Python, s seen) {
		if value := s.valueOf("negative"); value != "-5" {
			t.Errorf("negative is %s", value)
		}
		nowhere(t, s, "hunter2", "4111-secret", "secret-4111", "hello", "café", "r-42", "shared", "ann'", "xxxx")
	})
}

// Frames go without variables unless these are wanted.
func TestNoLocals(t *testing.T) {
	eachPython(t, 8, "locals.py", func(t *testing.T, p testtarget.Python, s seen) {
		for _, task := range s.Tasks {
			for _, f := range task.Frames {
				if len(f.Locals) > 0 {
					t.Errorf("%s has variables", f.Func)
				}
			}
		}
	})
}

// Of tasks that failed the variables of the frames in which they did are told.
func TestLocalsOfWhatFailed(t *testing.T) {
	eachPythonWith(t, 8, "done.py", snapshot.Options{Locals: true}, func(t *testing.T, p testtarget.Python, s seen) {
		compare(t, "exception", func(task string) string { return s.variable(task, "exception") }, map[string]string{
			"unretrieved": "ValueError('out of stock')",
		})
	})
}

// nowhere demands that none of the words is told, wherever.
func nowhere(t *testing.T, s seen, words ...string) {
	t.Helper()
	var b bytes.Buffer
	if err := graph.WriteJSON(&b, s.Snapshot); err != nil {
		t.Fatal(err)
	}
	for _, word := range words {
		if at := strings.Index(b.String(), word); at >= 0 {
			t.Errorf("%s is told: …%s", word, b.String()[max(0, at-100):at+len(word)])
		}
	}
}
