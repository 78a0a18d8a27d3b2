package dlvext

import (
	"io"
	"log"
	"os"

	"github.com/go-delve/delve/pkg/logflags"
)

// Delve logs what it takes for errors even where its logs were not asked
// for, into this program's standard error: a breakpoint that could not be
// planted, which never can. What was not asked for is dropped here. The
// factory is Delve's global variable, so it is set before anything runs.
func init() {
	logflags.SetLoggerFactory(func(wanted bool, fields logflags.Fields, out io.Writer) logflags.Logger {
		if !wanted {
			out = io.Discard
		} else if out == nil {
			out = os.Stderr
		}
		layer, _ := fields["layer"].(string)
		return delveLog{log.New(out, layer+" ", log.LstdFlags|log.Lmsgprefix)}
	})
}

// delveLog is one of Delve's loggers.
type delveLog struct{ *log.Logger }

func (l delveLog) Debugf(format string, args ...any) { l.Printf("debug "+format, args...) }
func (l delveLog) Infof(format string, args ...any)  { l.Printf("info "+format, args...) }
func (l delveLog) Warnf(format string, args ...any)  { l.Printf("warning "+format, args...) }
func (l delveLog) Errorf(format string, args ...any) { l.Printf("error "+format, args...) }
func (l delveLog) Debug(args ...any)                 { l.Print(args...) }
func (l delveLog) Info(args ...any)                  { l.Print(args...) }
func (l delveLog) Warn(args ...any)                  { l.Print(args...) }
func (l delveLog) Error(args ...any)                 { l.Print(args...) }
