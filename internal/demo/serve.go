package demo

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"

	"github.com/dlv-async/dlv-async/internal/demo/orders"
)

// Serve runs the sample service until stdin ends, and says READY on stdout
// when every task of it is in its place. It returns the exit code.
func Serve(stdin io.Reader, stdout, stderr io.Writer) int {
	allowTracing()
	go endWith(stdin)
	if err := serve(stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func serve(stdout io.Writer) error {
	suppliers, err := listen(2) // nobody accepts: suppliers that never answer
	if err != nil {
		return err
	}
	front, err := listen(1)
	if err != nil {
		return err
	}
	service := orders.New(suppliers[0].Addr().String(), suppliers[1].Addr().String())
	go func() {
		if err := stage(service, front[0].Addr().String()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintln(stdout, ready)
	}()
	err = service.Run(context.Background(), front[0])
	runtime.KeepAlive(suppliers)
	return err
}

func listen(n int) ([]net.Listener, error) {
	listeners := make([]net.Listener, n)
	for i := range listeners {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		listeners[i] = l
	}
	return listeners, nil
}

// endWith ends the process when stdin does: when the one who started it
// closes the pipe, or is gone.
func endWith(stdin io.Reader) {
	_, _ = io.Copy(io.Discard, stdin)
	os.Exit(0)
}
