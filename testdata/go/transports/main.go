// Program transports has clients of net/http whose Transports may have a few
// connections to one host, and have them.
//
// A correct reader says, of the goroutine in
//
//	asks    its request is on one of the three connections of the first; it waits for
//	        the response
//	reads   it reads the body of a response, on another
//	keeps   it has a response whose body it neither reads nor closes, and so the third;
//	        it waits for something else
//	waits   (two of them) wait for one of these three
//	again   has the only connection of the second, by a response that it did not close,
//	        and waits for a connection there: for itself
//	dials   waits for a connection of the third, which is being made: for none of the
//	        others
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"

	"example.com/targets/ready"
)

var never = make(chan struct{})

func client(most int) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxConnsPerHost: most}}
}

func get(c *http.Client, url string) *http.Response {
	resp, err := c.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	return resp
}

//go:noinline
func asks(c *http.Client, url string) { get(c, url+"/hang").Body.Close() }

//go:noinline
func reads(c *http.Client, url string) {
	resp := get(c, url+"/half")
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
}

//go:noinline
func keeps(c *http.Client, url string) {
	resp := get(c, url+"/half")
	<-never
	resp.Body.Close()
}

//go:noinline
func waits(c *http.Client, url string) { get(c, url+"/hang").Body.Close() }

//go:noinline
func again(c *http.Client, url string) {
	for range 2 {
		resp := get(c, url+"/half")
		defer resp.Body.Close()
	}
}

//go:noinline
func dials(c *http.Client, url string) { get(c, url).Body.Close() }

func hang(http.ResponseWriter, *http.Request) { <-never }

func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, "half")
	w.(http.Flusher).Flush()
	<-never
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/hang", hang)
	mux.HandleFunc("/half", half)
	url := httptest.NewServer(mux).URL

	few := client(3)
	go asks(few, url)
	go reads(few, url)
	go keeps(few, url)
	ready.Await(
		ready.Parked(1, "select", "main.asks"),
		ready.Parked(1, "IO wait", "main.reads"),
		ready.Parked(1, "chan receive", "main.keeps"),
	)
	go waits(few, url)
	go waits(few, url)
	go again(client(1), url)

	busy := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1, Dial: func(string, string) (net.Conn, error) {
		<-never
		return nil, io.EOF
	}}}
	go dials(busy, url)
	ready.When(
		ready.Parked(1, "select", "main.asks"),
		ready.Parked(1, "IO wait", "main.reads"),
		ready.Parked(1, "chan receive", "main.keeps"),
		ready.Parked(2, "select", "main.waits"),
		ready.Parked(1, "select", "main.again"),
		ready.Parked(1, "select", "main.dials"),
		ready.Parked(1, "chan receive", "main.hang"),
		ready.Parked(3, "chan receive", "main.half"),
		ready.Parked(3, "select", "net/http.(*persistConn).readLoop"), // but that of asks, which reads
		ready.Parked(4, "select", "net/http.(*persistConn).writeLoop"),
	)
	<-never
}
