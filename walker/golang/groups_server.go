package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// kindServer is the kind of group that the connections of an http.Server are:
// each has a goroutine, which Serve started.
// https://github.com/golang/go/blob/go1.26.0/src/net/http/server.go#L3464
const kindServer = "http.Server"

// findServers makes a group of the connections that one call of Serve started.
func (w *walk) findServers() {
	owners := map[uint64]*graph.Group{}
	conns := map[*graph.Group][]httpConn{}
	fresh := map[*graph.Group]int64{} // connections that are counted, and whose goroutines have not begun
	for _, g := range w.startedIn(servesHTTP) {
		m, known := owners[g.parent]
		if !known {
			m = w.serverOf(g.parent)
			owners[g.parent] = m
			if owner := w.byID(g.parent); m != nil && !parked(owner.status) {
				fresh[m]++ // it may be about to start one
			}
		}
		if m == nil {
			continue
		}
		m.Members = append(m.Members, taskID(g.id))
		w.groupsOf[g] = append(w.groupsOf[g], m.ID)
		if k, ok := w.httpConns[g]; ok {
			conns[m] = append(conns[m], k)
		} else if g.pc == g.startpc {
			fresh[m]++
		}
	}
	for m, all := range conns {
		w.countConns(m, all, fresh[m])
	}
}

// countConns says how many connections of a server are in which state, and
// whether it counts others than those that were found.
func (w *walk) countConns(m *graph.Group, all []httpConn, fresh int64) {
	states := map[string]int64{}
	for _, k := range all {
		states[k.state]++
	}
	for _, s := range connStates {
		if states[s] > 0 {
			m.Detail = append(m.Detail, graph.Attr{Key: s, Value: states[s]})
		}
	}
	counted, ok := w.httpActive[all[0].server]
	if missing := counted - int64(len(all)) + states["hijacked"] + states["closed"] - fresh; ok && missing > 0 {
		m.Problems = append(m.Problems, &graph.Problem{
			Code: "members-unknown", Severity: graph.Info, Groups: []graph.GroupID{m.ID},
			Message: fmt.Sprintf("the server counts %d connections, of which %d were found: the others were accepted by another call of Serve, or are in a state that could not be read", counted, counted-missing),
		})
	}
}

// describeConn says of a task which connection of a server it serves.
func (w *walk) describeConn(t *graph.Task, g *goroutine) {
	k, ok := w.httpConns[g]
	if !ok {
		return
	}
	t.Detail = append(t.Detail, graph.Attr{Key: "connection", Value: k.state})
	if k.remote != "" {
		t.Detail = append(t.Detail, graph.Attr{Key: "client", Value: k.remote})
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
