// Package e2e holds the tests that look at real Go processes through the
// whole of dlv-async but its command line: target programs of testdata/go, each seen
// live, in a core and in a recording, built with several toolchains.
//
// It has no code but the tests' own.
package e2e
