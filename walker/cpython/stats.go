package cpython

import (
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// countRuntime counts what the interpreters have: threads, loops, and what these
// have to call. Loops that are not of Python code, such as uvloop's, do not
// tell that, and are counted by themselves
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/base_events.py#L407).
func (w *walk) countRuntime() {
	add := func(key string, n int64) {
		w.node.Stats = append(w.node.Stats, graph.Attr{Key: key, Value: n})
	}
	if n := len(w.interps); n > 1 {
		add("interpreters", int64(n))
	}
	add("threads", int64(len(w.threads)))
	loops, foreign := map[object.Ref]bool{}, map[string]bool{}
	var ready, longest, timers, opaque int64
	for _, t := range w.tasks {
		if t.loop == 0 || loops[t.loop] {
			continue
		}
		loops[t.loop] = true
		calls, ok := w.length(w.attr(t.loop, "_ready"))
		later, timed := w.length(w.attr(t.loop, "_scheduled"))
		if err := w.r.Take(); err != nil {
			w.unreadable("what a loop has to call", err)
		}
		if !ok || !timed {
			opaque++
			if typ := w.r.Type(t.loop); typ.Module == "uvloop" || strings.HasPrefix(typ.Module, "uvloop.") {
				foreign[typ.FullName()] = true
			}
			continue
		}
		ready, timers = ready+calls, timers+later
		longest = max(longest, calls)
	}
	for _, name := range slices.Sorted(maps.Keys(foreign)) {
		w.node.Notes = append(w.node.Notes, name+" keeps its transports in C: on which descriptors they are is not known")
	}
	add("loops", int64(len(loops)))
	if opaque > 0 {
		add("loops_opaque", opaque)
	}
	if int64(len(loops)) > opaque {
		add("ready_callbacks", ready)
		if len(loops) > 1 {
			add("ready_longest", longest)
		}
		add("timers", timers)
	}
}

// findVersion completes the version of an interpreter that tells no more than
// its minor one from outside: sys.version begins with it, as "3.8.18 (default, ...".
func (w *walk) findVersion() {
	if w.py.Version.Micro >= 0 {
		return
	}
	for _, in := range w.interps {
		dict := w.module(in, "sys")
		if dict == 0 {
			continue
		}
		version, _, _ := strings.Cut(w.str(w.r.StrDict(dict, "version")), " ")
		if minor := w.py.Version.String() + "."; strings.HasPrefix(version, minor) && len(version) < len(minor)+8 {
			w.node.Version = version
			return
		}
	}
}
