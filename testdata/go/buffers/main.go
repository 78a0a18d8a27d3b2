// Program buffers has goroutines that read and write by a bufio.Reader and
// Writer whose other end does not go on.
//
// A correct reader says, of the goroutine in
//
//	readLine   it has 9 of 64 bytes unread: the "half a li" of a line
//	writeMuch  its Writer of 4,096 bytes is full
//
// and shows the bytes only where variables are asked for.
package main

import (
	"bufio"
	"io"
	"net"
	"syscall"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func readLine(r *bufio.Reader) {
	for {
		if _, err := r.ReadString('\n'); err != nil {
			panic(err)
		}
	}
}

//go:noinline
func writeMuch(w *bufio.Writer) {
	for {
		if _, err := w.WriteString("much"); err != nil {
			panic(err)
		}
	}
}

// pair are the ends of a connection.
func pair() (a, b net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		a, err = net.Dial("tcp", l.Addr().String())
	}
	if err == nil {
		b, err = l.Accept()
	}
	if err != nil {
		panic(err)
	}
	return a, b
}

// arrive waits for so many bytes to be there to be read: who reads them then does so
// before it waits for more.
func arrive(c net.Conn, n int) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		panic(err)
	}
	buf := make([]byte, n)
	if err := raw.Read(func(fd uintptr) bool {
		there, _, err := syscall.Recvfrom(int(fd), buf, syscall.MSG_PEEK)
		return err == nil && there == n
	}); err != nil {
		panic(err)
	}
}

func main() {
	a, b := pair()
	c, d := pair()
	const sent = "a line\nhalf a li"
	if _, err := io.WriteString(b, sent); err != nil {
		panic(err)
	}
	arrive(a, len(sent))
	go readLine(bufio.NewReaderSize(a, 64))
	go writeMuch(bufio.NewWriter(c))
	ready.When(
		ready.Parked(1, "IO wait", "main.readLine"),
		ready.Parked(1, "IO wait", "main.writeMuch"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
	b.Close()
	d.Close()
}
