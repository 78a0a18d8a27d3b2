package delve

import (
	"io"

	"github.com/go-delve/delve/pkg/proc"
)

// reader is one of Delve's pipes; it ends with the program.
type reader struct {
	r    io.ReadCloser
	done chan struct{}
}

func newStream(say func(string)) (stream, proc.OutputRedirect, error) {
	r, redirect, err := proc.Redirector()
	if err != nil {
		return nil, redirect, err
	}
	s := &reader{r, make(chan struct{})}
	go func() {
		defer close(s.done)
		buf := make([]byte, 4<<10)
		for {
			n, err := r.Read(buf)
			if n > 0 {
				say(string(buf[:n]))
			}
			if err != nil {
				return
			}
		}
	}()
	return s, redirect, nil
}

func (s *reader) drain() { <-s.done }
func (s *reader) close() { _ = s.r.Close() }
