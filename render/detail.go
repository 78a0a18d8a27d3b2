package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// detail reads the facts of a resource by their keys. A fact that is missing, or
// of another type than the key has, is not known.
type detail []graph.Attr

func (d detail) value(key string) any {
	for _, a := range d {
		if a.Key == key {
			return a.Value
		}
	}
	return nil
}

func (d detail) number(key string) (int, bool) {
	n, ok := d.value(key).(int64)
	return int(n), ok
}

func (d detail) text(key string) string {
	s, _ := d.value(key).(string)
	return s
}

func (d detail) duration(key string) (time.Duration, bool) {
	in, ok := d.value(key).(time.Duration)
	return in, ok
}

// is reports that a fact is known to be so.
func (d detail) is(key string) bool { return d.value(key) == true }

// isNot reports that a fact is known not to be so.
func (d detail) isNot(key string) bool { return d.value(key) == false }

// fact puts one fact into words without knowing what it means.
func fact(a graph.Attr) string {
	key := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(a.Key, "_ms"), "_in"), "_", " ")
	switch value := a.Value.(type) {
	case bool:
		if value {
			return key
		}
		return "not " + key
	case time.Duration:
		return key + " " + duration(value)
	case int64:
		return key + " " + number(int(value))
	}
	return key + " " + fmt.Sprint(a.Value)
}

func deadline(in time.Duration) string {
	if in <= 0 {
		return "deadline passed"
	}
	return "deadline in " + duration(in)
}

// counted is a number of things: 2 connections; empty when it is not there.
func (d detail) counted(key, noun string) string {
	n, ok := d.number(key)
	if !ok {
		return ""
	}
	return count(n, noun)
}

// thing names a resource by its type, or its kind, and its address.
func thing(r *graph.Resource) string {
	return named(typeName(or(r.Type, r.Kind)), r.Address)
}

// notes puts what is not empty in parentheses.
func notes(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return " (" + strings.Join(kept, ", ") + ")"
}

// suffix is s between before and after, or nothing when s is nothing.
func suffix(before, s string, after ...string) string {
	if s == "" {
		return ""
	}
	return before + s + strings.Join(after, "")
}

// or is s, or the other when s is nothing.
func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// joined is what is not empty, with a space between.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// plainNumber writes a number that is a name, not a quantity: no separators.
func plainNumber(n int) string { return strconv.Itoa(n) }
