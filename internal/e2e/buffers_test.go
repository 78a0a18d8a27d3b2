package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What is in a buffer is shown where variables are, and never redacted ones.
func TestBufferedBytes(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "buffers", testtarget.Options{}))
	for _, c := range []struct {
		locals, redact, shown bool
	}{{false, false, false}, {true, false, true}, {true, true, false}, {false, true, false}} {
		s, err := snapshot.Attach(context.Background(), tg.PID, snapshot.Options{MaxStop: patience, Locals: c.locals, Redact: c.redact})
		if err != nil {
			t.Fatal(err)
		}
		text := string(toJSON(t, s))
		if strings.Contains(text, "half a li") != c.shown {
			t.Errorf("with locals %v and redact %v the buffered bytes are shown: %v", c.locals, c.redact, !c.shown)
		}
		if !strings.Contains(text, "9 of 64 bytes unread") {
			t.Errorf("with locals %v and redact %v the buffer's numbers are missing", c.locals, c.redact)
		}
	}
}
