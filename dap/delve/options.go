package delve

import (
	"net"

	"github.com/go-delve/delve/pkg/logflags"
	"github.com/go-delve/delve/service/debugger"
)

// Options are dlv's, as far as they concern its sessions.
type Options struct {
	CheckGoVersion bool // refuse programs of a Go release that Delve does not know
	DisableASLR    bool

	// OwnStreams says that this process's standard input and output are not
	// for the programs it launches: what they print comes as output events.
	OwnStreams bool
}

func (o Options) config() debugger.Config {
	return debugger.Config{
		Backend:        "default",
		Foreground:     !o.OwnStreams, // the target may read this process's terminal
		CheckGoVersion: o.CheckGoVersion,
		DisableASLR:    o.DisableASLR,
	}
}

// SetLogs turns on Delve's logs, as dlv's flags --log, --log-output and
// --log-dest do.
func SetLogs(on bool, output, dest string) error { return logflags.Setup(on, output, dest) }

// Listening says where the adapter listens, in dlv's words and to where dlv
// says it: editors wait for this line.
func Listening(addr net.Addr) { logflags.WriteDAPListeningMessage(addr) }
