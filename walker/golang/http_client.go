package golang

import (
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// httpClients are the versions of net/http's client: the goroutine that reads a
// connection, and the functions in which others wait for what it reads.
// https://github.com/golang/go/blob/go1.26.0/src/net/http/transport.go#L2291
// https://github.com/golang/go/blob/go1.26.0/src/net/http/h2_bundle.go#L9416
var httpClients = []struct {
	reads string
	waits []string
}{
	{"net/http.(*persistConn).readLoop", []string{"net/http.(*persistConn).roundTrip"}},
	{"http2.(*ClientConn).readLoop", []string{"http2.(*ClientConn).roundTrip", "http2.transportResponseBody.Read"}},
}

// maxHTTPClients bounds the connections of clients that are looked at.
const maxHTTPClients = 20_000

// findUpstreams finds for who waits for an HTTP response where it is to come
// from: from the connection whose reader has a pointer in common with it that no
// other reader has. That is the connection, which both are methods of.
func (w *walk) findUpstreams() {
	for _, c := range httpClients {
		loops := w.startedIn(func(fn string) bool {
			return strings.HasPrefix(fn, "net/http.(*Transport).dialConn") || strings.Contains(fn, "(*Transport).newClientConn") ||
				strings.HasPrefix(fn, "net/http.(*http2Transport).newClientConn") || plainName(fn) == c.reads
		})
		readers, looked := map[uint64]*goroutine{}, 0 // by live word; nil: of several
		for _, g := range loops {
			if looked == maxHTTPClients {
				break
			}
			if w.fds[g].remote == "" {
				continue
			}
			looked++
			for _, f := range w.framesOf(g) {
				if f.Func == nil || plainName(f.Func.Name) != c.reads {
					continue
				}
				for _, v := range w.liveWords(g, f) {
					if other, known := readers[v]; !known {
						readers[v] = g
					} else if other != g {
						readers[v] = nil
					}
				}
			}
		}
		if len(readers) > 0 {
			w.findRequests(readers, c.waits)
		}
	}
}

// findRequests finds who waits in one of some functions for what one of the readers
// reads.
func (w *walk) findRequests(readers map[uint64]*goroutine, waits []string) {
	words := seek(readers)
	for _, g := range w.goroutines {
		if !parked(g.status) || len(g.sudogs) == 0 && w.conds[g] == 0 || w.polls[g].desc != 0 {
			continue
		}
		var from *goroutine
		one := true
		w.whoHolds(g, words, func(f unwind.Frame, addr uint64) {
			if r := readers[addr]; r != nil && r != g && f.Func != nil && slices.Contains(waits, plainName(f.Func.Name)) {
				one = one && (from == nil || from == r)
				from = r
			}
		})
		if from != nil && one {
			w.upstream[g], w.asked[from] = w.fds[from].remote, true
		}
	}
}

// What phases say of requests, and of connections of which it is not known
// whether there is one.
const (
	httpAwaits = "http client: waiting for the response"
	httpBody   = "http client: reading the response's body"
	httpReads  = "http client: connection idle, or waiting for the response"
)

// asksOf makes a phase of an HTTP client more exact.
func (w *walk) asksOf(g *goroutine, phase string) string {
	switch {
	case (phase == httpAwaits || phase == httpBody) && w.upstream[g] != "":
		return phase + " from " + w.upstream[g]
	case phase == httpReads && w.asked[g]:
		return httpAwaits
	}
	return phase
}
