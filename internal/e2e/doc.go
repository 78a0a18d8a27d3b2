// Package e2e holds the tests that look at real processes through the whole of
// dlv-async but its command line: target programs of testdata/go, built with
// several toolchains, and of testdata/python, run by several CPythons, each seen
// live, in a core and in a recording.
//
// It has no code but the tests' own.
package e2e
