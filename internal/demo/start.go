package demo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Sample is the running sample service.
type Sample struct {
	PID   int
	cmd   *exec.Cmd
	stdin io.Closer
}

// Start starts the sample service and returns when it is ready. Where this
// program has no debug information it is built anew first (see executable),
// and note is told so, since that takes seconds.
// The caller must call Stop. When ctx ends the service is killed.
func Start(ctx context.Context, note func(string)) (*Sample, error) {
	exe, err := executable(ctx, note)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, exe, Argument)
	// With one processor goroutines start in the order of the go statements,
	// and get the same ids in nearly every run.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.WaitDelay = time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the sample service: %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if strings.TrimSpace(line) == ready {
		return &Sample{PID: cmd.Process.Pid, cmd: cmd, stdin: stdin}, nil
	}
	stdin.Close()
	waitErr := cmd.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if reason := strings.TrimSpace(complaint.String()); reason != "" {
		return nil, errors.New(reason)
	}
	return nil, fmt.Errorf("the sample service ended before it was ready: %w", errors.Join(err, waitErr))
}

// Stop ends the service and waits for its end.
func (s *Sample) Stop() {
	s.stdin.Close()
	// It ends with code 0, or by the kill that the context's end sent; either is an end.
	_ = s.cmd.Wait()
}
