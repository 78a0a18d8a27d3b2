package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func newCapture(a *app) *cobra.Command {
	var stop captureFlags
	var recording bool
	var output string
	c := &cobra.Command{
		Use:   "capture PID --recording --output FILE",
		Short: "Save what a look at a running process reads, to look again elsewhere",
		Long: `Reads a running process as attach does, and saves what was read. open shows
it, on any machine and without the executable. A recording holds names,
goroutine stacks and whatever strings were read: mind whom you give it to.`,
		Example: `  dlv-async capture 4242 --recording --output server.rec
  dlv-async open server.rec`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usagef("capture needs one PID; dlv-async ps lists them")
			case output == "":
				return usagef("capture needs --output FILE")
			case !recording:
				return usagef("capture needs --recording: it can save nothing else yet; gcore saves cores")
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completePIDs(c, args, toComplete)
		},
		RunE: func(c *cobra.Command, args []string) error {
			pid, err := parsePID(args[0])
			if err != nil {
				return err
			}
			options := snapshot.Options{Tool: tool()}
			if err := stop.apply(&options); err != nil {
				return err
			}
			s, size, err := record(c.Context(), pid, output, options)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s: %d tasks in %d KB; the process stood still for %d ms\n",
				output, len(s.Tasks), (size+1023)/1024, s.Process.Stopped.Milliseconds())
			return err
		},
	}
	stop.registerStop(c)
	c.Flags().BoolVar(&recording, "recording", false, "save what the views need")
	c.Flags().StringVarP(&output, "output", "o", "", "the `FILE` to write")
	return c
}

// record writes a recording to path, which only its owner can read, and which
// is there only when it is whole.
func record(ctx context.Context, pid int, path string, o snapshot.Options) (s *graph.Snapshot, size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return nil, 0, fmt.Errorf("cannot write %s: %w", path, pathless(err))
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	o.Record = f
	if s, err = snapshot.Attach(ctx, pid, o); err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if err := f.Close(); err != nil {
		return nil, 0, err
	}
	return s, info.Size(), os.Rename(f.Name(), path)
}
