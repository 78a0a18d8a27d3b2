//go:build linux || darwin || freebsd

package dlvext

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// unnamedFile makes a temporary file that is gone when it is closed, however
// this program ends.
func unnamedFile(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "dlv-async-core-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// freeSpace returns how many bytes may still be written into dir.
func freeSpace(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}

func isDiskFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EFBIG)
}
