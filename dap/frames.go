package dap

import (
	"fmt"
	"path/filepath"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// stackFrame makes a frame the protocol's, but for its id.
func (p *panel) stackFrame(s *graph.Snapshot, f view.Frame) dap.StackFrame {
	if f.Frame == nil {
		return dap.StackFrame{Name: f.Label, PresentationHint: "label"}
	}
	out := dap.StackFrame{Name: render.NewPhrases(s).Function(f.Frame), Line: max(f.Frame.Line, 0)}
	if f.Frame.File != "" {
		out.Source = p.source(f.Frame)
	}
	if f.Frame.PC != 0 && f.Index >= 0 {
		out.InstructionPointerReference = fmt.Sprintf("%#x", f.Frame.PC)
	}
	if f.Frame.Hidden || f.Frame.Origin == graph.OriginRuntime {
		out.PresentationHint = "subtle"
	}
	return out
}

// source is the file of a frame, as the client finds it.
func (p *panel) source(f *graph.Frame) *dap.Source {
	path := f.File
	if p.path != nil {
		path = p.path(path)
	}
	return &dap.Source{Name: filepath.Base(path), Path: path}
}

// page cuts frames to those a request asks for; levels 0 are all.
func page(frames []view.Frame, start, levels int) []view.Frame {
	start = min(max(start, 0), len(frames))
	frames = frames[start:]
	if levels > 0 && len(frames) > levels {
		frames = frames[:levels]
	}
	return frames
}
