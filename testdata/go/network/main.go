// Program network has goroutines that wait for sockets and files.
//
// A correct reader says that
//
//	accept        waits to accept on a TCP listener
//	readDeadline  waits to read a TCP connection, until a deadline in most of an hour
//	readSecond    waits for the read lock of that same connection's descriptor:
//	              a semaphore, which readDeadline has
//	write         waits to write a TCP connection whose other end does not read
//	unixAccept    waits to accept on a Unix socket
//	unixRead      waits to read a Unix connection
//	udpRead       waits to read a UDP socket
//	pipeRead      waits to read a pipe that the poller watches
package main

import (
	"net"
	"os"
	"path/filepath"
	"time"

	"example.com/targets/ready"
)

//go:noinline
func accept(l net.Listener) { _, _ = l.Accept() }

//go:noinline
func readDeadline(c net.Conn) { _, _ = c.Read(make([]byte, 16)) }

//go:noinline
func readSecond(c net.Conn) { _, _ = c.Read(make([]byte, 16)) }

//go:noinline
func write(c net.Conn) {
	for {
		if _, err := c.Write(make([]byte, 1<<20)); err != nil {
			return
		}
	}
}

//go:noinline
func unixAccept(l net.Listener) { _, _ = l.Accept() }

//go:noinline
func unixRead(c net.Conn) { _, _ = c.Read(make([]byte, 16)) }

//go:noinline
func udpRead(c net.PacketConn) { _, _, _ = c.ReadFrom(make([]byte, 16)) }

//go:noinline
func pipeRead(f *os.File) { _, _ = f.Read(make([]byte, 16)) }

// connection returns both ends of a connection to a listener.
func connection(l net.Listener) (client, server net.Conn) {
	client = must(net.Dial(l.Addr().Network(), l.Addr().String()))
	return client, must(l.Accept())
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	tcp := must(net.Listen("tcp", "127.0.0.1:0"))
	client, clientEnd := connection(tcp)
	server, serverEnd := connection(tcp)
	if err := client.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
		panic(err)
	}
	unix := must(net.Listen("unix", filepath.Join(must(os.Getwd()), "socket")))
	unixClient, unixServer := connection(unix)
	pipe, pipeWriter, err := os.Pipe()
	if err != nil {
		panic(err)
	}

	go accept(tcp)
	go readDeadline(client)
	go write(server)
	go unixAccept(unix)
	go unixRead(unixClient)
	go udpRead(must(net.ListenPacket("udp", "127.0.0.1:0")))
	go pipeRead(pipe)
	ready.Await(ready.Parked(1, "IO wait", "main.readDeadline"))
	go readSecond(client)

	ready.When(
		ready.Parked(1, "IO wait", "main.accept"),
		ready.Parked(1, "IO wait", "main.readDeadline"),
		ready.Parked(1, "semacquire", "main.readSecond"),
		ready.Parked(1, "IO wait", "main.write"),
		ready.Parked(1, "IO wait", "main.unixAccept"),
		ready.Parked(1, "IO wait", "main.unixRead"),
		ready.Parked(1, "IO wait", "main.udpRead"),
		ready.Parked(1, "IO wait", "main.pipeRead"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	never := make(chan []any)
	<-never
	never <- []any{clientEnd, serverEnd, unixServer, pipeWriter} // they are not garbage
}
