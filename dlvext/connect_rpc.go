package dlvext

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-delve/delve/service/api"
)

// rpcClient calls the methods of a headless Delve.
type rpcClient struct {
	addr   string
	conn   net.Conn
	client *rpc.Client

	mu   sync.Mutex
	lost error // why no call can be made any more
}

// Delve answers at once what it answers, unless another client has the target
// go on; what is no Delve may never answer.
const (
	dialPatience  = 10 * time.Second
	helloPatience = 10 * time.Second
	callPatience  = time.Minute
)

func dialDelve(ctx context.Context, addr string) (*rpcClient, error) {
	network, where := delveAddress(addr)
	dialer := net.Dialer{Timeout: dialPatience}
	conn, err := dialer.DialContext(ctx, network, where)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("nobody listens at %s: a Delve without --accept-multiclient takes one client and no other; the process that it holds can be read where it runs, with dlv-async attach PID", addr)
	case err != nil:
		return nil, fmt.Errorf("cannot connect to %s: %w", addr, plainNetError(err))
	}
	return &rpcClient{addr: addr, conn: conn, client: jsonrpc.NewClient(conn)}, nil
}

// delveAddress takes an address as dlv does: HOST:PORT, unix:PATH; a port
// alone is one of this machine.
func delveAddress(addr string) (network, where string) {
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		return "unix", path
	}
	if strings.HasPrefix(addr, ":") {
		return "tcp", "127.0.0.1" + addr
	}
	return "tcp", addr
}

// plainNetError is what is wrong, without the addresses.
func plainNetError(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var sys *os.SyscallError
	if errors.As(err, &sys) {
		err = sys.Err
	}
	return err
}

// hello makes the first call, and finds out whether it is a Delve.
func (c *rpcClient) hello(ctx context.Context, out *api.GetVersionOut) error {
	ctx, cancel := context.WithTimeout(ctx, helloPatience)
	defer cancel()
	err := c.call(ctx, "GetVersion", api.GetVersionIn{}, out)
	if err == nil && out.DelveVersion == "" {
		err = errors.New("it does not say its version")
	}
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s does not answer as a headless Delve does (dlv --headless)", c.addr)
	}
	return fmt.Errorf("%s is no headless Delve (dlv --headless): %w", c.addr, err)
}

// call calls a method and waits for its answer.
func (c *rpcClient) call(ctx context.Context, method string, in, out any) error {
	if err := c.failed(); err != nil {
		return err
	}
	return c.await(ctx, c.begin(method, in, out))
}

// begin begins a call.
func (c *rpcClient) begin(method string, in, out any) *rpc.Call {
	return c.client.Go("RPCServer."+method, in, out, make(chan *rpc.Call, 1))
}

// await waits for a call's answer. It may be awaited again.
func (c *rpcClient) await(ctx context.Context, call *rpc.Call) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callPatience, fmt.Errorf("the Delve at %s does not answer: another of its clients may have let the target go on", c.addr))
	defer cancel()
	select {
	case done := <-call.Done:
		call.Done <- done
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) { // nobody waits any more, and what comes next may be answered
			return context.Cause(ctx)
		}
		return c.lose(context.Cause(ctx))
	}
	switch {
	case call.Error == nil:
		return nil
	case isRefusal(call.Error):
		return fmt.Errorf("the Delve at %s: %w", c.addr, call.Error)
	}
	return c.lose(fmt.Errorf("the Delve at %s has gone: %w", c.addr, plainNetError(eof(call.Error))))
}

// isRefusal tells an answer that is an error from none.
func isRefusal(err error) bool {
	var refusal rpc.ServerError
	return errors.As(err, &refusal)
}

// eof is a connection's end in words.
func eof(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, rpc.ErrShutdown) {
		return errors.New("it closed the connection")
	}
	return err
}

// lose notes why the connection is of no use any more. What came first is why.
func (c *rpcClient) lose(why error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost == nil {
		c.lost = why
	}
	return c.lost
}

// failed is why the connection is of no use any more; nil: it is.
func (c *rpcClient) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// Close ends the connection, and nothing else: the session goes on.
func (c *rpcClient) Close() error {
	_ = c.client.Close() // twice is an error, and of no harm
	return nil
}

func parseWord(s string) (uint64, error) { return strconv.ParseUint(strings.TrimSpace(s), 0, 64) }
