//go:build !linux

package dlvext

import (
	"context"
	"errors"
)

var errLinuxOnly = errors.New("reading a running process works on Linux only; cores and recordings can be read here")

// Process is a running process that can be captured.
type Process struct{}

// OpenProcess fails: see the error.
func OpenProcess(int) (*Process, error) { return nil, errLinuxOnly }

// Image is the process before it was captured.
func (*Process) Image() *Image { return nil }

// PrivateBytes fails: see the error.
func (*Process) PrivateBytes() (int64, error) { return 0, errLinuxOnly }

// Close lets go of the process.
func (*Process) Close() error { return nil }

// Capture fails: see the error.
func (*Process) Capture(context.Context, CaptureOptions, func(context.Context, *Image) error) (*Image, error) {
	return nil, errLinuxOnly
}
