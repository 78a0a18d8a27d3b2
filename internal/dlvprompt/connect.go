package dlvprompt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
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
	// Nobody may answer there. Once there is a prompt Ctrl-C is its business.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, where)
	if err != nil && ctx.Err() == nil {
		return 1, fmt.Errorf("cannot connect to %s: %w", addr, err)
	}
	p := &Program{}
	if err == nil {
		unblocked := context.AfterFunc(ctx, func() { _ = conn.Close() })
		p.client = rpc2.NewClientFromConn(conn)
		err = p.halt()
		unblocked()
	}
	if ctx.Err() != nil {
		return 1, errors.New("interrupted")
	} else if err != nil {
		return 1, err
	}
	stop()
	return p.prompt(f, c, conf, false, signals, func() { _ = conn.Close() })
}

// halt stops a target that runs, where the Delve lets others do so.
func (p *Program) halt() error {
	if !p.client.IsMulticlient() {
		return nil
	}
	if state, err := p.client.GetStateNonBlocking(); err != nil || !state.Running {
		return nil
	}
	if _, err := p.client.Halt(); err != nil {
		return fmt.Errorf("the target does not stop: %w", err)
	}
	return nil
}
