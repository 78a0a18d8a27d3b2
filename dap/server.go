package dap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
)

// unixPrefix marks the address of a Unix domain socket, as dlv has it.
const unixPrefix = "unix:"

func network(addr string) (name, rest string) {
	if path, ok := strings.CutPrefix(addr, unixPrefix); ok {
		return "unix", path
	}
	return "tcp", addr
}

// Door says who is let in.
type Door struct {
	SameUser bool // connections of this user only
	Several  bool // several clients, who share one debug session; else one
}

// Listen waits at an address for clients and serves them. It says where it
// listens as dlv does.
func Listen(ctx context.Context, addr string, door Door, o Options) error {
	listener, err := net.Listen(network(addr))
	if err != nil {
		return fmt.Errorf("couldn't start listener: %w", err)
	}
	defer listener.Close()
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()
	delve.Listening(listener.Addr())
	if door.Several {
		return serveSeveral(ctx, listener, door, o)
	}
	conn, err := door.accept(listener, o)
	if err != nil {
		return errors.Join(ctx.Err(), err)
	}
	go turnAway(listener, door, o)
	Serve(ctx, conn, o)
	return nil
}

// accept waits for a client that may come in.
func (d Door) accept(listener net.Listener, o Options) (net.Conn, error) {
	for {
		conn, err := listener.Accept()
		if err != nil || !d.SameUser {
			return conn, err
		}
		err = checkSameUser(conn)
		if err == nil {
			return conn, nil
		}
		// Others may knock all day: the user's own editor is waited for.
		o.logf("a connection from %v is refused: %v", conn.RemoteAddr(), err)
		_ = conn.Close()
	}
}

// clientPatience bounds the wait for one client where others are served too.
const clientPatience = 10 * time.Second

// turnAway answers the first request of whoever comes beside the one client
// that is served, until the listener is closed.
func turnAway(listener net.Listener, door Door, o Options) {
	for {
		conn, err := door.accept(listener, o)
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(clientPatience))
			m, err := wire.NewReader(conn, maxRequest).Read()
			if err == nil && m.Type == wire.Request {
				newClient(conn).fail(m, errNoSession, "Another client is being served",
					"this adapter takes one at a time; dlv-async dap --accept-multiclient takes several", true)
			}
		}()
	}
}

// serveSeveral serves clients that share a debug session, until that ends.
func serveSeveral(ctx context.Context, listener net.Listener, door Door, o Options) error {
	r := newRoom(o)
	var clients sync.WaitGroup
	defer clients.Wait()
	defer r.close()
	go func() {
		<-r.done
		_ = listener.Close()
	}()
	for {
		conn, err := door.accept(listener, o)
		if err != nil {
			select {
			case <-r.done:
				return nil
			default:
				return errors.Join(ctx.Err(), err)
			}
		}
		clients.Go(func() { serve(ctx, patient{conn}, o, r) })
	}
}

// patient is a connection to a client that has some time to take what it is
// told, so that one that takes nothing does not hold up the others.
type patient struct{ net.Conn }

func (p patient) Write(b []byte) (int, error) {
	_ = p.SetWriteDeadline(time.Now().Add(clientPatience))
	n, err := p.Conn.Write(b)
	if err != nil {
		_ = p.Close()
	}
	return n, err
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
