package dap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/dlv-async/dlv-async/dap/delve"
)

// unixPrefix marks the address of a Unix domain socket, as dlv has it.
const unixPrefix = "unix:"

func network(addr string) (name, rest string) {
	if path, ok := strings.CutPrefix(addr, unixPrefix); ok {
		return "unix", path
	}
	return "tcp", addr
}

// Listen waits at an address for one client and serves it. It says where it
// listens as dlv does.
func Listen(ctx context.Context, addr string, sameUser bool, o Options) error {
	listener, err := net.Listen(network(addr))
	if err != nil {
		return fmt.Errorf("couldn't start listener: %w", err)
	}
	defer listener.Close()
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()
	delve.Listening(listener.Addr())
	for {
		conn, err := listener.Accept()
		if err != nil {
			return errors.Join(ctx.Err(), err)
		}
		if sameUser {
			if err := checkSameUser(conn); err != nil {
				// Others may knock all day: the user's own editor is waited for.
				o.logf("a connection from %v is refused: %v", conn.RemoteAddr(), err)
				_ = conn.Close()
				continue
			}
		}
		_ = listener.Close() // a second client learns at once that there is one
		Serve(ctx, conn, o)
		return nil
	}
}

// Connect serves a client that waits for the adapter at an address.
func Connect(ctx context.Context, addr string, o Options) error {
	var d net.Dialer
	name, rest := network(addr)
	conn, err := d.DialContext(ctx, name, rest)
	if err != nil {
		return fmt.Errorf("cannot connect to the client: %w", err)
	}
	Serve(ctx, conn, o)
	return nil
}

// Streams serves a client at the other end of two streams. Programs that it
// launches must not have these as their own: see [delve.Options].
func Streams(ctx context.Context, in io.Reader, out io.Writer, o Options) {
	o.Delve.OwnStreams = true
	Serve(ctx, streams{in, out}, o)
}

type streams struct {
	io.Reader
	io.Writer
}

func (s streams) Close() error {
	for _, end := range []any{s.Reader, s.Writer} {
		if c, ok := end.(io.Closer); ok {
			_ = c.Close()
		}
	}
	return nil
}

func (o Options) logf(format string, args ...any) {
	if o.Log != nil {
		o.Log(format, args...)
	}
}
