package snapshot

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Open reads a file that holds a snapshot, or a recording to take one of.
func Open(ctx context.Context, path string, o Options) (*graph.Snapshot, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", path, pathless(err))
	}
	defer f.Close()
	return Read(ctx, path, f, o)
}

// Read reads a snapshot or a recording from r, and calls it name in errors.
func Read(ctx context.Context, name string, r io.Reader, o Options) (*graph.Snapshot, error) {
	buffered := bufio.NewReader(r)
	first, err := buffered.Peek(32) // fewer with an error, when there are no more
	switch {
	case len(first) == 0 && errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s is empty; a snapshot is saved with -o json", name)
	case len(first) == 0:
		return nil, fmt.Errorf("cannot read %s: %w", name, pathless(err))
	case dlvext.IsRecording(first):
		img, err := dlvext.OpenRecording(buffered)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		defer img.Close()
		return Of(ctx, img, o)
	case first[0] != '{':
		return nil, fmt.Errorf("%s is neither a snapshot that was saved with -o json nor a recording; for a core dump there is dlv-async core", name)
	}
	s, err := graph.ReadJSON(buffered)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return o.seen(s), nil
}

// pathless takes the names of the operation and of the file from an error of
// package os.
func pathless(err error) error {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
