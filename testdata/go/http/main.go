// Program http has requests of net/http that stand at every stage, on both sides.
//
// A correct reader says, of the goroutine in
//
//	asksForName      it waits for a connection; another is looking up a name,
//	                 in a request to a server that does not answer
//	dials            it waits for a connection, which another is connecting: the
//	                 listener's queue is full
//	shakesHands      it waits for a connection, which another shakes hands on (TLS)
//	sends            it waits for the response; another writes the request
//	waitsForHeaders  it waits for the response
//	readsBody        it reads the response's body
//	asksHTTP2        it waits for the response, over HTTP/2
//	readsHTTP2       it reads the response's body, on the same connection
//
// and of the goroutines of servers, that one
//
//	waits for a request, the connection being idle
//	reads a request's headers, of which some have come
//	in readsUpload reads the request's body
//	in writesMuch writes the response
//	shakes hands (TLS)
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.com/targets/ready"
)

var never = make(chan struct{})

// endless is a body without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

//go:noinline
func asksForName(c *http.Client) { get(c, "http://shop.example:80/") }

//go:noinline
func dials(c *http.Client, addr string) { get(c, "http://"+addr) }

//go:noinline
func shakesHands(c *http.Client, addr string) { get(c, "https://"+addr) }

//go:noinline
func sends(c *http.Client, addr string) {
	_, err := c.Post("http://"+addr, "text/plain", endless{})
	panic(err)
}

//go:noinline
func waitsForHeaders(c *http.Client, url string) { get(c, url+"/hang") }

//go:noinline
func readsBody(c *http.Client, url string) { get(c, url+"/half") }

//go:noinline
func asksHTTP2(c *http.Client, url string) { get(c, url+"/hang") }

//go:noinline
func readsHTTP2(c *http.Client, url string) { get(c, url+"/half") }

func get(c *http.Client, url string) {
	resp, err := c.Get(url)
	if err != nil {
		panic(err)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	panic(err)
}

//go:noinline
func readsUpload(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

//go:noinline
func writesMuch(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(much[:]) }

// much is more than the kernel takes of what nobody reads. It is written at once:
// of smaller pieces the buffer would have more or less, as it happens.
var much [16 << 20]byte

func hang(http.ResponseWriter, *http.Request) { <-never }

func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, "half")
	w.(http.Flusher).Flush()
	<-never
}

// kept are connections that the collector is not to close.
var (
	mu   sync.Mutex
	kept []net.Conn
)

func keep(c net.Conn) {
	mu.Lock()
	defer mu.Unlock()
	kept = append(kept, c)
}

// client has connections of its own.
func client(t *http.Transport) *http.Client { return &http.Client{Transport: t} }

// silent accepts connections and says nothing.
func silent() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				log.Fatal(err)
			}
			keep(c)
		}
	}()
	return l.Addr().String()
}

// full is the address of a listener whose queue has no room.
func full() string {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		log.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		log.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		log.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		log.Fatal(err)
	}
	addr := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: at.(*syscall.SockaddrInet4).Port}).String()
	c, err := net.Dial("tcp", addr) // it stays in the queue
	if err != nil {
		log.Fatal(err)
	}
	keep(c)
	return addr
}

// neverGivesUp has the kernel try to connect for hours, where it would for two minutes,
// which a test on a busy machine may take.
func neverGivesUp(_, _ string, c syscall.RawConn) (err error) {
	refused := c.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_SYNCNT, 100)
	})
	return errors.Join(refused, err)
}

// deafResolver asks a name server that never answers.
func deafResolver() *net.Resolver {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	addr := c.LocalAddr().String()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		// The deadline that the resolver sets would end it after some seconds.
		c, err := (&net.Dialer{}).DialContext(ctx, "udp", addr)
		return patient{c}, err
	}}
}

// patient is a connection whose deadlines do not count.
type patient struct{ net.Conn }

func (patient) SetDeadline(time.Time) error { return nil }

// say connects to a server and says something, and no more.
func say(addr, what string) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.WriteString(c, what); err != nil {
		log.Fatal(err)
	}
	keep(c)
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/hang", hang)
	mux.HandleFunc("/fine", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/half", half)
	mux.HandleFunc("/upload", readsUpload)
	mux.HandleFunc("/much", writesMuch)
	server := httptest.NewServer(mux)
	addr := strings.TrimPrefix(server.URL, "http://")
	secure := httptest.NewUnstartedServer(mux)
	secure.EnableHTTP2 = true
	secure.StartTLS()

	mute := silent()
	dialer := &net.Dialer{Resolver: deafResolver()}
	go asksForName(client(&http.Transport{DialContext: dialer.DialContext}))
	go dials(client(&http.Transport{DialContext: (&net.Dialer{Control: neverGivesUp}).DialContext}), full())
	go shakesHands(client(&http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}), mute)
	go sends(client(&http.Transport{}), mute)
	go waitsForHeaders(client(&http.Transport{}), server.URL)
	go readsBody(client(&http.Transport{}), server.URL)
	go readsHTTP2(secure.Client(), secure.URL)
	ready.Await(ready.Parked(1, "sync.Cond.Wait", "main.readsHTTP2"))
	go asksHTTP2(secure.Client(), secure.URL)
	say(addr, "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n")
	say(addr, "GET / HTTP/1.1\r\nHost:")
	say(addr, "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
	say(addr, "GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
	say(strings.TrimPrefix(secure.URL, "https://"), "")

	ready.When(
		ready.Parked(1, "select", "main.asksForName"),
		ready.Parked(1, "select", "main.dials"),
		ready.Parked(1, "IO wait", "net.(*netFD).connect"),
		ready.Parked(1, "select", "main.shakesHands"),
		ready.Parked(1, "IO wait", "crypto/tls.(*Conn).clientHandshake"),
		ready.Parked(1, "select", "main.sends"),
		ready.Parked(1, "IO wait", "net/http.(*Request).write"),
		ready.Parked(1, "select", "main.waitsForHeaders"),
		ready.Parked(1, "IO wait", "main.readsBody"),
		ready.Parked(1, "select", "main.asksHTTP2"),
		ready.Parked(1, "sync.Cond.Wait", "main.readsHTTP2"),
		ready.Parked(1, "IO wait", "net/http.(*conn).readRequest"),
		ready.Parked(3, "IO wait", "bufio.(*Reader).Peek"), // the idle connection, and the clients of sends and waitsForHeaders
		ready.Parked(1, "IO wait", "main.readsUpload"),
		ready.Parked(1, "IO wait", "main.writesMuch"),
		ready.Parked(2, "chan receive", "main.hang"),
		ready.Parked(2, "chan receive", "main.half"),
		ready.Parked(1, "IO wait", "crypto/tls.(*Conn).serverHandshake"),
	)
	<-never
}
