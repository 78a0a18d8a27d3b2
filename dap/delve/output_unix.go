//go:build unix

package delve

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"

	"github.com/go-delve/delve/pkg/proc"
	"golang.org/x/sys/unix"
)

// fifo is a named pipe, held open so that it outlives the program: one that is
// restarted writes to the same. What the program wrote before its end stands
// in the pipe before a mark that is written after it.
type fifo struct {
	dir  string
	file *os.File // for reading, and for the mark
	mark []byte
	seen chan struct{} // a mark has come by
	done chan struct{}
}

func newStream(say func(string)) (stream, proc.OutputRedirect, error) {
	dir, err := os.MkdirTemp("", "dlv-async-output-")
	if err != nil {
		return nil, proc.OutputRedirect{}, err
	}
	path := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		_ = os.RemoveAll(dir)
		return nil, proc.OutputRedirect{}, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, proc.OutputRedirect{}, err
	}
	f := &fifo{dir: dir, file: file, mark: []byte("\x00" + rand.Text() + "\x00"), seen: make(chan struct{}), done: make(chan struct{})}
	go f.read(say)
	return f, proc.OutputRedirect{Path: path}, nil
}

func (f *fifo) read(say func(string)) {
	defer close(f.done)
	buf := make([]byte, 4<<10)
	kept := 0 // bytes at the front that may be the beginning of a mark
	for {
		n, err := f.file.Read(buf[kept:])
		if err != nil {
			return
		}
		text := buf[:kept+n]
		for {
			before, after, found := bytes.Cut(text, f.mark)
			if !found {
				break
			}
			if len(before) > 0 {
				say(string(before))
			}
			text = after
			f.seen <- struct{}{}
		}
		end := len(text)
		if i := bytes.LastIndexByte(text, 0); i >= 0 && bytes.HasPrefix(f.mark, text[i:]) {
			end = i
		}
		if end > 0 {
			say(string(text[:end]))
		}
		kept = copy(buf, text[end:])
	}
}

// drain implements [stream]. The mark is shorter than what a pipe takes at once.
func (f *fifo) drain() {
	if _, err := f.file.Write(f.mark); err != nil {
		return
	}
	select {
	case <-f.seen:
	case <-f.done:
	}
}

func (f *fifo) close() {
	_ = f.file.Close()
	for {
		select {
		case <-f.seen:
		case <-f.done:
			_ = os.RemoveAll(f.dir)
			return
		}
	}
}
