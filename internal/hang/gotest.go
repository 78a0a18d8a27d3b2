package hang

import (
	"slices"
	"strings"
)

// debugInfo keeps in a test binary what go test has the linker leave out.
const debugInfo = "-s=0 -w=0"

// GoTest is the arguments of a go command that tests packages with the user's
// own flags, such that the binaries keep their debug information. goflags is
// the value of GOFLAGS, whose -ldflags a command line's would replace.
//
// Of several -ldflags the last counts whose pattern matches a package:
// https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies
func GoTest(packages, flags []string, goflags string) []string {
	args := append([]string{"test"}, ldflags(debugInfo)...)
	for _, word := range strings.Fields(goflags) {
		if value, ok := cutFlag(word, "ldflags"); ok {
			args = append(args, ldflags(joined(value))...)
		}
	}
	own, rest := flags, []string(nil)
	if i := slices.IndexFunc(flags, func(f string) bool { return f == "-args" || f == "--args" }); i >= 0 {
		own, rest = flags[:i], flags[i:]
	}
	for i := 0; i < len(own); i++ {
		value, ok := cutFlag(own[i], "ldflags")
		if !ok && (own[i] == "-ldflags" || own[i] == "--ldflags") && i+1 < len(own) {
			i++
			value, ok = own[i], true
		}
		if ok {
			args = append(args, ldflags(joined(value))...)
		} else {
			args = append(args, own[i])
		}
	}
	return append(append(args, packages...), rest...)
}

func ldflags(value string) []string { return []string{"-ldflags=" + value} }

// joined is a value of -ldflags, with or without a pattern, and the flags that
// keep the debug information.
func joined(value string) string { return strings.TrimSpace(value + " " + debugInfo) }

// cutFlag is the value of -name=value.
func cutFlag(word, name string) (string, bool) {
	word, ok := strings.CutPrefix(word, "-")
	if !ok {
		return "", false
	}
	return strings.CutPrefix(strings.TrimPrefix(word, "-"), name+"=")
}
