package delve

import (
	"os"

	"github.com/go-delve/delve/pkg/proc"
)

// A stream passes on what a program writes to one of its standard streams.
type stream interface {
	// drain returns once everything is passed on that was written so far.
	drain()
	close()
}

// redirect decides where the program's input comes from and its output goes.
func (l *launch) redirect(d *Debuggee, o Options) error {
	d.config.Stdin = l.StdinFrom
	if o.OwnStreams && l.StdinFrom == "" {
		d.config.Stdin = os.DevNull
	}
	d.config.Stdout, d.config.Stderr = proc.OutputRedirect{Path: l.StdoutTo}, proc.OutputRedirect{Path: l.StderrTo}
	named := l.StdoutTo != "" || l.StderrTo != ""
	remote := o.OwnStreams && !named
	switch l.OutputMode {
	case "remote":
		if named {
			return refuse(`output == "remote" can not be used together with stdoutTo or stderrTo`)
		}
		remote = true
	case "local", "":
	default:
		return refuse("invalid debug configuration - unsupported 'outputMode' attribute %q", l.OutputMode)
	}
	if !remote || d.config.CoreFile != "" {
		return nil
	}
	for _, s := range []struct {
		category string
		to       *proc.OutputRedirect
	}{{"stdout", &d.config.Stdout}, {"stderr", &d.config.Stderr}} {
		st, redirect, err := newStream(func(text string) { l.said(s.category, text) })
		if err != nil {
			return refuse("failed to generate stdio pipes - %v", err)
		}
		*s.to = redirect
		d.streams = append(d.streams, st)
	}
	return nil
}
