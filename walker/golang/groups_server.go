package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// kindServer is the kind of group that the connections of an http.Server are:
// each has a goroutine, which Serve started.
// https://github.com/golang/go/blob/go1.26.0/src/net/http/server.go#L3410
const kindServer = "http.Server"

// findServers makes a group of the connections that one call of Serve started.
func (w *walk) findServers() {
	starts := map[uint64]bool{} // by first function, whether Serve starts goroutines with it
	owners := map[uint64]*graph.Group{}
	for _, g := range w.goroutines {
		starting, known := starts[g.startpc]
		if !known {
			fn, _ := w.function(g.startpc)
			starting = strings.HasPrefix(fn, "net/http.(*Server).Serve.gowrap") || fn == "net/http.(*conn).serve"
			starts[g.startpc] = starting
		}
		if !starting {
			continue
		}
		m, known := owners[g.parent]
		if !known {
			m = w.serverOf(g.parent)
			owners[g.parent] = m
		}
		if m != nil {
			m.Members = append(m.Members, taskID(g.id))
			w.groupsOf[g] = append(w.groupsOf[g], m.ID)
		}
	}
}

// serverOf makes the group of what a goroutine in Serve started; nil when it
// is in it no more.
func (w *walk) serverOf(goid uint64) *graph.Group {
	g := w.byID(goid)
	if g == nil {
		return nil
	}
	for i, f := range w.shape(g).frames {
		if f.Func != "net/http.(*Server).Serve" {
			continue
		}
		m := w.b.Group(kindServer, 0)
		m.Owner = taskID(g.id)
		m.OpenedAt = &graph.Opening{Task: m.Owner, Frame: int32(i), Evidence: inferred("it started them, and still runs Serve")}
		m.Evidence = proven("g.parentGoid, g.startpc")
		if local := w.fds[g].local; local != "" {
			m.Detail = []graph.Attr{{Key: "local", Value: local}}
		}
		return m
	}
	return nil
}
