package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
)

// captureFlags are the flags of commands that stop a live process.
type captureFlags struct {
	capture string
	noStop  bool
	maxStop time.Duration
}

var captures = choices[bool]{{"walk", false}, {"heap", true}}

func (f *captureFlags) register(c *cobra.Command) {
	f.registerWhat(c)
	f.registerStop(c)
}

// registerWhat adds the flag on what is read alone.
func (f *captureFlags) registerWhat(c *cobra.Command) {
	f.maxStop = dlvext.DefaultMaxStop
	c.Flags().StringVar(&f.capture, "capture", "walk", "`WHAT` memory to copy while the process stands still: walk (what the views need) or heap (all that is writable)")
	_ = c.RegisterFlagCompletionFunc("capture", cobra.FixedCompletions(captures.names(), cobra.ShellCompDirectiveNoFileComp))
}

// registerStop adds the flags on the stop alone.
func (f *captureFlags) registerStop(c *cobra.Command) {
	c.Flags().BoolVar(&f.noStop, "no-stop", false, "read the process while it runs; what is shown may be torn")
	c.Flags().DurationVar(&f.maxStop, "max-stop", dlvext.DefaultMaxStop, "let the process go on after this `DURATION`, whatever was read")
	_ = c.RegisterFlagCompletionFunc("max-stop", cobra.NoFileCompletions)
}

func (f *captureFlags) apply(o *snapshot.Options) error {
	if f.capture != "" {
		heap, err := captures.value("--capture", f.capture)
		if err != nil {
			return err
		}
		o.Heap = heap
	}
	if f.maxStop <= 0 {
		return usagef("--max-stop: %v is no time to stop for; --no-stop does not stop at all", f.maxStop)
	}
	o.NoStop, o.MaxStop = f.noStop, f.maxStop
	return nil
}
