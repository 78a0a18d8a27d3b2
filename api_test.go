package dlvasync

import (
	"cmp"
	"flag"
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/api.txt anew")

// public are the packages that other programs may build on.
var public = []string{".", "dlvext", "walker", "walker/graph", "render"}

// What the public packages export changes on purpose: testdata/api.txt lists it,
// as it is on Linux, and everything has a comment.
func TestAPI(t *testing.T) {
	var list strings.Builder
	for _, dir := range public {
		for _, line := range exported(t, dir) {
			list.WriteString(line + "\n")
		}
	}
	const name = "testdata/api.txt"
	if *update {
		if err := os.WriteFile(name, []byte(list.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, now := strings.Split(string(want), "\n"), strings.Split(list.String(), "\n")
	for _, line := range now {
		if !slices.Contains(before, line) {
			t.Errorf("new: %s", line)
		}
	}
	for _, line := range before {
		if !slices.Contains(now, line) {
			t.Errorf("gone: %s", line)
		}
	}
	if t.Failed() {
		t.Log("if that is meant: go test -run TestAPI -update .")
	}
}

// exported lists what a package exports, a line each, and fails where one has
// no comment.
func exported(t *testing.T, dir string) (lines []string) {
	t.Helper()
	linux := build.Default
	linux.GOOS, linux.GOARCH, linux.CgoEnabled = "linux", "amd64", false
	pkg, err := linux.ImportDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range pkg.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	d, err := doc.NewFromFiles(fset, files, filepath.Join(module, dir))
	if err != nil {
		t.Fatal(err)
	}
	if d.Doc == "" {
		t.Errorf("package %s has no comment", dir)
	}
	add := func(text, comment string) {
		lines = append(lines, pkg.Name+": "+text)
		if comment == "" && !strings.HasSuffix(text, ") Error() string") {
			t.Errorf("%s: %s has no comment", pkg.Name, text)
		}
	}
	fn := func(f *doc.Func) {
		f.Decl.Body, f.Decl.Doc = nil, nil
		add(source(t, fset, f.Decl), f.Doc)
	}
	values := func(word string, all []*doc.Value) {
		for _, v := range all {
			for _, spec := range v.Decl.Specs {
				s := spec.(*ast.ValueSpec)
				for _, name := range s.Names {
					if name.IsExported() {
						add(word+" "+name.Name, cmp.Or(v.Doc, s.Doc.Text(), s.Comment.Text()))
					}
				}
			}
		}
	}
	values("const", d.Consts)
	values("var", d.Vars)
	for _, f := range d.Funcs {
		fn(f)
	}
	for _, typ := range d.Types {
		add("type "+typ.Name, typ.Doc)
		values("const", typ.Consts)
		values("var", typ.Vars)
		for _, f := range slices.Concat(typ.Funcs, typ.Methods) {
			fn(f)
		}
		for _, spec := range typ.Decl.Specs {
			lines = append(lines, fields(t, fset, pkg.Name, spec.(*ast.TypeSpec))...)
		}
	}
	slices.Sort(lines)
	return lines
}

// fields are the exported fields of a structure, or the methods of an interface.
func fields(t *testing.T, fset *token.FileSet, pkg string, spec *ast.TypeSpec) (lines []string) {
	var list *ast.FieldList
	switch typ := spec.Type.(type) {
	case *ast.StructType:
		list = typ.Fields
	case *ast.InterfaceType:
		list = typ.Methods
	default:
		return nil
	}
	for _, f := range list.List {
		for _, name := range f.Names {
			if name.IsExported() {
				lines = append(lines, pkg+": "+spec.Name.Name+"."+name.Name+" "+source(t, fset, f.Type))
			}
		}
	}
	return lines
}

// source is a node on one line.
func source(t *testing.T, fset *token.FileSet, node any) string {
	t.Helper()
	var b strings.Builder
	if err := printer.Fprint(&b, fset, node); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
