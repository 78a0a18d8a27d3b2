package main

import (
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
)

// writer is a standard output with a will of its own.
type writer func() (int, error)

func (w writer) Write([]byte) (int, error) { return w() }

func TestExitCodesOfOutput(t *testing.T) {
	t.Setenv("DLV_ASYNC_DEBUG", "")
	for _, test := range []struct {
		name   string
		stdout io.Writer
		code   int
		stderr string
	}{
		{"written", io.Discard, exitDone, ""},
		{"a closed pipe", writer(func() (int, error) { return 0, syscall.EPIPE }), exitDone, ""},
		{"a full disk", writer(func() (int, error) { return 0, syscall.ENOSPC }), exitFailed, "dlv-async: no space left on device\n"},
		{"a bug of ours", writer(func() (int, error) { panic("nil map\nin\x1b[2J") }), exitFailed,
			"dlv-async: internal error: nil map in?[2J; this is a bug, please report it with what DLV_ASYNC_DEBUG=1 adds\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stderr strings.Builder
			if code := run([]string{"version"}, strings.NewReader(""), test.stdout, &stderr); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if stderr.String() != test.stderr {
				t.Errorf("on stderr %q, want %q", stderr.String(), test.stderr)
			}
		})
	}
}

func TestDebugShowsTheStack(t *testing.T) {
	t.Setenv("DLV_ASYNC_DEBUG", "1")
	var stderr strings.Builder
	run([]string{"version"}, nil, writer(func() (int, error) { panic(errors.New("nil map")) }), &stderr)
	if !strings.Contains(stderr.String(), "exit_test.go:") {
		t.Errorf("no stack in %q", stderr.String())
	}
}
