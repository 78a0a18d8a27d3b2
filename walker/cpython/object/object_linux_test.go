package object

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// testBounds are wide enough for all but the longest objects of objects.py.
var testBounds = Bounds{Length: 2000}

// TestRepr compares what is made of objects' memory with what the program says
// that they are.
func TestRepr(t *testing.T) {
	eachPython(t, func(t *testing.T, tg *target) {
		r := NewReader(tg.img, tg.layout)
		for _, o := range tg.says.Reprs {
			if got := r.Repr(ref(t, o[1]), testBounds); got != o[2] {
				t.Errorf("%s: %s\nwant %s", o[0], got, o[2])
			}
		}
		if len(tg.says.Reprs) < 150 {
			t.Errorf("there are %d objects", len(tg.says.Reprs))
		}
	})
}

// TestReprOfCore is TestRepr of a core dump.
func TestReprOfCore(t *testing.T) {
	eachPython(t, func(t *testing.T, tg *target) {
		img, err := dlvext.OpenCore(tg.process.Exe, tg.process.GCore(t), dlvext.CoreOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer img.Close()
		r := NewReader(img, tg.layout)
		for _, o := range tg.says.Reprs {
			if got := r.Repr(ref(t, o[1]), testBounds); got != o[2] {
				t.Errorf("%s: %s\nwant %s", o[0], got, o[2])
			}
		}
	})
}

// TestObjects looks up what is in objects.
func TestObjects(t *testing.T) {
	eachPython(t, func(t *testing.T, tg *target) {
		r := NewReader(tg.img, tg.layout)
		checkScalars(t, r, &tg.says)
		checkContainers(t, r, &tg.says)
		checkTypes(t, r, &tg.says)
		checkAttributes(t, r, &tg.says)
		checkFunctions(t, r, &tg.says)
	})
}

// took reports a failure of the reader.
func took(t *testing.T, r *Reader, what string) {
	t.Helper()
	if err := r.Take(); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func checkScalars(t *testing.T, r *Reader, says *objects) {
	for _, o := range says.Strings {
		var want strings.Builder
		for _, c := range o.says {
			want.WriteRune(c)
		}
		if got := r.Str(o.at); got != want.String() {
			t.Errorf("str %s is %q, want %q", o.name, got, want.String())
		}
		took(t, r, o.name)
	}
	for _, o := range says.Ints {
		got, ok := r.Int(ref(t, o[1]))
		if ok != o[3].(bool) || ok && strconv.FormatInt(got, 10) != o[2] {
			t.Errorf("%s is %d, %t; want %s", o[0], got, ok, o[2])
		}
		took(t, r, o[0].(string))
	}
	for _, o := range says.Floats {
		if got := floatText(r.Float(ref(t, o[1]))); got != o[2] {
			t.Errorf("%s is %v, want %s", o[0], got, o[2])
		}
		took(t, r, o[0])
	}
}

func checkContainers(t *testing.T, r *Reader, says *objects) {
	read := map[string]func(Ref) []Ref{"List": r.List, "Tuple": r.Tuple, "Set": r.Set, "Deque": r.Deque, "WeakSet": r.WeakSet}
	for _, o := range says.Members {
		kind := o[2].(string)
		var got []string
		for _, it := range read[kind](ref(t, o[1])) {
			got = append(got, address(it))
		}
		var want []string
		for _, it := range o[3].([]any) {
			want = append(want, it.(string))
		}
		if kind == "WeakSet" {
			slices.Sort(got)
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s %s has %v, want %v", kind, o[0], got, want)
		}
		took(t, r, o[0].(string))
	}
	for _, o := range says.Dicts {
		var got [][2]jsonAddress
		for k, v := range r.Dict(o.at) {
			got = append(got, [2]jsonAddress{jsonAddress(k), jsonAddress(v)})
		}
		if !slices.Equal(got, o.says) {
			t.Errorf("dict %s has %d items, want %d, in this order", o.name, len(got), len(o.says))
		}
		took(t, r, o.name)
	}
}

func checkTypes(t *testing.T, r *Reader, says *objects) {
	for _, o := range says.Types {
		typ := r.Type(ref(t, o[1]))
		took(t, r, o[0].(string))
		if typ.Module != o[2] || typ.Qualname != o[3] || typ.Name != o[3].(string)[strings.LastIndexByte(o[3].(string), '.')+1:] {
			t.Errorf("%s is a %s %s (%s), want %s %s", o[0], typ.Module, typ.Qualname, typ.Name, o[2], o[3])
		}
		if got := fmt.Sprint(typ.MRO()); got != fmt.Sprint(o[4]) {
			t.Errorf("%s derives from %v, want %v", o[0], got, o[4])
		}
		if !typ.Inherits("object") || typ.Inherits("nothing") {
			t.Errorf("%s: what %s derives from is wrong", o[0], typ.FullName())
		}
	}
}

func checkAttributes(t *testing.T, r *Reader, says *objects) {
	for _, o := range says.Attributes {
		got := map[string]jsonAddress{}
		for name, v := range r.Attrs(o.at) {
			got[name] = jsonAddress(v)
		}
		if !maps.Equal(got, o.says) {
			t.Errorf("%s has %v, want %v", o.name, got, o.says)
		}
		for name, want := range o.says {
			if got := r.Attr(o.at, name); got != Ref(want) {
				t.Errorf("%s.%s is %#x, want %#x", o.name, name, uint64(got), uint64(want))
			}
		}
		for _, name := range []string{"in_class", "unset", "none", "__init__"} {
			if got := r.Attr(o.at, name); got != 0 {
				t.Errorf("%s.%s is %#x, and the instance has none", o.name, name, uint64(got))
			}
		}
		if o.name == "attributes" {
			if got := r.Str(r.ClassAttr(r.Type(o.at), "in_class")); got != "not in the instance" {
				t.Errorf("the class's attribute is %q", got)
			}
		}
		took(t, r, o.name)
	}
	if len(says.Attributes) < 20 {
		t.Errorf("%d objects have attributes", len(says.Attributes))
	}
}

func checkFunctions(t *testing.T, r *Reader, says *objects) {
	for _, o := range says.Cells {
		fn := ref(t, o[1])
		if f := r.Function(fn); f.Qualname != o[2] || f.Module != "__main__" || f.Code == 0 || len(r.Tuple(f.Defaults)) != 1 {
			t.Errorf("the function is %+v, want %s", f, o[2])
		}
		got := map[string]any{}
		for name, v := range r.Cells(fn) {
			got[name] = address(v)
		}
		if want := o[3].(map[string]any); !maps.Equal(got, want) || len(want) < 3 {
			t.Errorf("the cells are %v, want %v", got, want)
		}
		took(t, r, "cells")
	}
	tb := says.Traceback
	e := r.Exception(ref(t, tb[0]))
	if e.Cause != ref(t, tb[2]) || e.Context != ref(t, tb[3]) || len(e.Args) != 1 || r.Str(e.Args[0]) != "deep" || e.Type.FullName() != "__main__.Error" {
		t.Errorf("the exception is %+v, want %v", e, tb)
	}
	want := tb[1].([]any)
	crossings := r.Traceback(e.Traceback)
	if len(crossings) != len(want) || len(want) != 2 {
		t.Fatalf("the traceback has %d entries, want %d", len(crossings), len(want))
	}
	for i, c := range crossings {
		if c.Line != -1 && float64(c.Line) != want[i] {
			t.Errorf("entry %d of the traceback is at line %d, want %v", i, c.Line, want[i])
		}
		if r.Type(c.Frame).FullName() != "frame" {
			t.Errorf("a traceback has a %s", r.Type(c.Frame).FullName())
		}
	}
	took(t, r, "traceback")
}

// TestRecord records what Repr reads, for TestReplay and the tests that damage
// it; with -update alone.
func TestRecord(t *testing.T) {
	if !*update {
		t.Skip("it writes testdata: -update")
	}
	written := map[string]bool{}
	for _, p := range testtarget.Pythons(t) {
		if !slices.Contains(recorded, p.Minor) || written[p.Minor] {
			continue
		}
		written[p.Minor] = true
		tg := startObjects(t, p)
		dlvext.Record(tg.img)
		r := NewReader(tg.img, tg.layout)
		for _, o := range tg.says.Reprs {
			r.Repr(ref(t, o[1]), testBounds)
		}
		tg.img.PID, tg.img.Exe, tg.img.Modules, tg.img.Threads, tg.img.Notes = 0, "python3", nil, nil, nil
		var recording, text bytes.Buffer
		if err := dlvext.WriteRecording(&recording, tg.img); err != nil {
			t.Fatal(err)
		}
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(tg.says.Reprs); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string][]byte{"recording": recording.Bytes(), "json": text.Bytes()} {
			if err := os.WriteFile(filepath.Join("testdata", "objects-"+p.Minor+"."+name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
