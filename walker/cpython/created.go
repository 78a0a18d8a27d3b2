package cpython

import (
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// describeCreations says where tasks were created, which a loop in debug mode
// keeps: the calls as traceback.extract_stack has them, outermost first. Who
// created them it does not keep.
//
//   - https://github.com/python/cpython/blob/v3.12.1/Modules/_asynciomodule.c#L537 (future_init)
//   - https://github.com/python/cpython/blob/v3.12.1/Lib/traceback.py#L248 (FrameSummary)
func (w *walk) describeCreations() {
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		stack := w.field(&t.future, w.lay.Future.SourceTB, "_source_traceback")
		if !w.isA(stack, "list") {
			continue
		}
		calls := w.r.List(stack)
		if more := len(calls) - walker.MaxDepth; more > 0 {
			calls = calls[more:]
		}
		var frames []*graph.Frame
		for i := len(calls) - 1; i >= 0; i-- {
			line, _ := w.intAttr(calls[i], "lineno")
			frames = append(frames, w.placeFrame(t.interp, frame.Place{
				Func: w.strAttr(calls[i], "name"), File: w.strAttr(calls[i], "filename"), Line: int(line),
			}))
		}
		if !w.check(t.node, "where it was created") || len(frames) == 0 {
			continue
		}
		c := &graph.Creation{At: frames[0], Stack: frames[1:]}
		for _, f := range frames {
			if f.Origin == graph.OriginUser {
				if f != c.At {
					c.User = f
				}
				break
			}
		}
		t.node.CreatedBy = c
	}
}

// placeFrame is a call of which only the place was kept. Its name has no class
// and no function around it.
func (w *walk) placeFrame(in *interp, p frame.Place) *graph.Frame {
	if known := w.places[p]; known != nil {
		return known
	}
	f := &graph.Frame{Func: p.Func, File: p.File, Line: p.Line, Kind: graph.FrameCall, Origin: w.origins.of(p.File)}
	if f.Module = w.moduleOf(in, p.File); f.Module != "" {
		f.Func = f.Module + "." + p.Func
	}
	f.Hidden = f.Origin == graph.OriginStdlib && (plumbing(f.Module, f.Func) || f.Func == "asyncio.events._run")
	w.places[p] = f
	return f
}

// maxModules bounds the modules that are looked at for their files.
const maxModules = 1 << 14

// moduleOf is the module that was loaded from a file; empty when none was.
func (w *walk) moduleOf(in *interp, file string) string {
	if w.files == nil {
		w.files = map[*interp]map[string]string{}
	}
	if w.files[in] == nil {
		w.files[in] = w.moduleFiles(in)
	}
	return w.files[in][file]
}

func (w *walk) moduleFiles(in *interp) map[string]string {
	files := map[string]string{}
	if !w.isA(in.modules, "dict") {
		return files
	}
	n := 0
	for name, module := range w.r.Dict(in.modules) {
		if n++; n > maxModules {
			break
		}
		if !w.isA(module, "module") {
			continue
		}
		dict := w.r.Module(module)
		if file := w.str(w.some(w.r.StrDict(dict, "__file__"))); file != "" && files[file] == "" {
			files[file] = w.str(w.some(w.r.StrDict(dict, "__name__")))
			if files[file] == "" {
				files[file] = w.str(name)
			}
		}
	}
	return files
}
