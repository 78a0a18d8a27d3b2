package golang

import (
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// origins tells whose code a package is.
type origins struct {
	main []string // the main modules' paths: the program's, those of its plugins and of its workspace; none: unknown
	deps []string // the paths of the modules it was built from
}

// newOrigins takes the modules from what the toolchain recorded in binaries.
// Where it recorded nothing, import paths alone have to tell.
func newOrigins(modules []goModule) origins {
	var o origins
	for _, m := range modules {
		info, err := m.BuildInfo()
		if err != nil {
			continue
		}
		if info.Main.Path != "" && !slices.Contains(o.main, info.Main.Path) {
			o.main = append(o.main, info.Main.Path)
		}
		for _, d := range info.Deps {
			if d.Version == "(devel)" && d.Replace == nil { // built where it is written
				o.main = append(o.main, d.Path)
			} else if !slices.Contains(o.deps, d.Path) {
				o.deps = append(o.deps, d.Path)
			}
		}
	}
	return o
}

// of says whose the package is.
func (o origins) of(pkg string) graph.Origin {
	switch {
	case pkg == "":
		return graph.OriginUnknown
	case pkg == "main", strings.HasPrefix(pkg, unnamedPlugin), o.isMain(pkg):
		return graph.OriginUser
	case pkg == "runtime", strings.HasPrefix(pkg, "runtime/internal/"), strings.HasPrefix(pkg, "internal/runtime/"):
		return graph.OriginRuntime
	}
	for _, d := range o.deps {
		if within(pkg, d) {
			return graph.OriginLibrary
		}
	}
	// The standard library's import paths have no dot in their first element;
	// those of modules that can be fetched have one. What the standard library
	// vendors stands under vendor/.
	first, _, _ := strings.Cut(pkg, "/")
	if first == "vendor" || !strings.Contains(first, ".") {
		return graph.OriginStdlib
	}
	return graph.OriginLibrary
}

// unnamedPlugin begins the path of a plugin's main package when it was built
// of files, and of no package:
// https://github.com/golang/go/blob/go1.26.0/src/cmd/go/internal/work/gc.go#L587
const unnamedPlugin = "plugin/unnamed-"

// isMain tells whether the package is of a main module. An external test of the
// package at a module's root has a path that is not within the module's.
func (o origins) isMain(pkg string) bool {
	pkg = strings.TrimSuffix(pkg, "_test")
	return slices.ContainsFunc(o.main, func(main string) bool { return within(pkg, main) })
}

// within tells whether the package is of the module.
func within(pkg, module string) bool {
	return module != "" && strings.HasPrefix(pkg, module) &&
		(len(pkg) == len(module) || pkg[len(module)] == '/')
}

// packageOf takes the import path out of a function's full name, as the
// linker wrote it: dots in the last element of an import path are escaped
// there, so the first dot after the last slash ends it.
func packageOf(fn string) string {
	// Type arguments may have slashes of their own.
	head := fn
	if i := strings.IndexByte(head, '['); i >= 0 {
		head = head[:i]
	}
	slash := strings.LastIndexByte(head, '/') + 1
	dot := strings.IndexByte(head[slash:], '.')
	if dot < 0 {
		return ""
	}
	return strings.ReplaceAll(head[:slash+dot], "%2e", ".")
}

// cgoExport begins the names of the functions that cgo puts between C and the
// Go functions that are exported to it.
const cgoExport = "_cgoexp_"

// plumbing tells whether a function is the runtime's own and hidden by
// default: package runtime and what it is made of, and the functions that
// other packages of the standard library take from it by linkname, whose
// names begin with runtime_. Exported functions of package runtime are what
// people call (runtime.Gosched), and stay.
func plumbing(fn, pkg string, origin graph.Origin) bool {
	name := fn[strings.LastIndexByte(fn, '.')+1:]
	if strings.HasPrefix(name, "runtime_") || strings.HasPrefix(fn, cgoExport) {
		return true
	}
	if origin != graph.OriginRuntime {
		return false
	}
	if pkg != "runtime" {
		return true
	}
	receiver := ""
	if plain := strings.TrimPrefix(fn, "runtime."); len(plain) > len(name) {
		receiver = strings.TrimLeft(plain, "(*")
	}
	return !exported(name) || receiver != "" && !exported(receiver)
}

// exported tells whether a name begins with a capital.
func exported(name string) bool { return name != "" && 'A' <= name[0] && name[0] <= 'Z' }
