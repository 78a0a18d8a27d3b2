package dlvprompt

import (
	"fmt"
	"net"
	"os/signal"
	"strings"
	"time"

	"github.com/go-delve/delve/pkg/logflags"
	"github.com/go-delve/delve/service/rpc2"
)

// Connect prompts over the target of a headless Delve, as dlv connect does: a
// target that runs is stopped for it. One that takes several clients stays
// when this one goes, unless the user says otherwise.
func Connect(addr string, f Flags, c Command) (status int, err error) {
	conf, err := f.begin()
	if err != nil {
		return 1, err
	}
	defer logflags.Close()
	signals := terminations()
	defer signal.Stop(signals)
	network, where := "tcp", addr
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, where = "unix", path
	}
	conn, err := net.DialTimeout(network, where, 10*time.Second)
	if err != nil {
		return 1, fmt.Errorf("cannot connect to %s: %w", addr, err)
	}
	p := &Program{client: rpc2.NewClientFromConn(conn)}
	if p.client.IsMulticlient() {
		if state, err := p.client.GetStateNonBlocking(); err == nil && state.Running {
			if _, err := p.client.Halt(); err != nil {
				return 1, fmt.Errorf("the target does not stop: %w", err)
			}
		}
	}
	return p.prompt(f, c, conf, false, signals, func() { _ = conn.Close() })
}
