//go:build !(linux || darwin || freebsd)

package dlvext

import (
	"errors"
	"os"
)

// unnamedFile makes a temporary file. Here it keeps its name, and stays
// behind in dir, which the system cleans.
func unnamedFile(dir string) (*os.File, error) { return os.CreateTemp(dir, "dlv-async-core-*") }

func freeSpace(string) (uint64, error) { return 0, errors.ErrUnsupported }

func isDiskFull(error) bool { return false }
