// Program standalone puts a Python of python-build-standalone, which comes
// inside a Go module, into a directory, and prints the path of its python3.
//
// It is a module of its own, as that Go module is 109 MB to download. Each
// *.mod file beside this one asks for another Python.
package main

import (
	"fmt"
	"os"

	"github.com/kluctl/go-embed-python/python"
)

func main() {
	p, err := python.NewEmbeddedPythonWithTmpDir(os.Args[1], false)
	if err == nil {
		var exe string
		if exe, err = p.GetExePath(); err == nil {
			fmt.Println(exe)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
