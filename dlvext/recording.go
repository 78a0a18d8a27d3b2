package dlvext

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
)

// A recording is a line that names the format and its version, then a zstd
// stream of
//
//	8 bytes  the length of the header, little-endian
//	header   a recordedImage, in JSON
//	data     the memory's ranges, then each module's parts of its file, in the header's order
//
// It holds what was read of an image while it was recorded, and no more: to
// read that again neither the executable nor the process's machine is needed.
// Strings of the process may be among it.
const recordingMagic = "dlv-async recording 1\n"

// recordedImage is an [Image] in a recording.
type recordedImage struct {
	Source     string           `json:"source"` // of the image that was recorded
	PID        int              `json:"pid"`
	Exe        string           `json:"exe"`
	Arch       string           `json:"arch"`
	CapturedAt time.Time        `json:"captured_at"`
	Monotonic  time.Duration    `json:"monotonic_ns"`
	Stopped    time.Duration    `json:"stopped_ns"`
	Signal     *Signal          `json:"signal,omitempty"`
	Whole      bool             `json:"whole,omitempty"`
	Threads    []Thread         `json:"threads"`
	Notes      []string         `json:"notes"`
	Memory     []Range          `json:"memory"`
	Modules    []recordedModule `json:"modules"`
	Types      []recordedType   `json:"types"`
}

// recordedModule is a [Module] in a recording. Addresses are the file's.
type recordedModule struct {
	Path    string                    `json:"path"`
	Bias    uint64                    `json:"bias"`
	Start   uint64                    `json:"start"`
	End     uint64                    `json:"end"`
	Err     string                    `json:"error,omitempty"` // why there is no file
	File    []Range                   `json:"file"`            // by offset
	Symbols []recordedSymbol          `json:"symbols"`
	Types   map[string]recordedAnswer `json:"types"`
	Globals map[string]recordedAnswer `json:"globals"`
}

type recordedSymbol struct {
	Name string `json:"name"`
	Addr uint64 `json:"addr"`
	Size uint64 `json:"size"`
	Func bool   `json:"func"`
}

// recordedAnswer is what a module said when it was asked for a type or a
// global variable.
type recordedAnswer struct {
	Type   int    `json:"type"` // index into the image's types
	Addr   uint64 `json:"addr,omitempty"`
	Err    string `json:"error,omitempty"`
	Absent bool   `json:"absent,omitempty"` // the error is an ErrAbsent
}

// recordedRun bounds the ranges of memory in a recording: what is longer is
// several.
const recordedRun = 1 << 20

// WriteRecording writes what was read of an image since [Record].
func WriteRecording(w io.Writer, img *Image) error {
	r, ok := img.Memory.(*recorder)
	if !ok {
		return errors.New("nothing of this image was recorded")
	}
	out := recordedImage{
		Source: img.Source, PID: img.PID, Exe: img.Exe, Arch: img.Arch, CapturedAt: img.CapturedAt,
		Monotonic: img.Monotonic, Stopped: img.Stopped, Signal: img.Signal, Whole: img.Whole, Threads: img.Threads, Notes: img.Notes,
	}
	var data [][]byte
	for _, whole := range r.touched.list() {
		for whole.Len > 0 {
			part := Range{Addr: whole.Addr, Len: min(whole.Len, recordedRun)}
			whole = Range{Addr: whole.Addr + uint64(part.Len), Len: whole.Len - part.Len}
			buf := make([]byte, part.Len)
			if r.inner.Read(part.Addr, buf) != nil {
				continue // of a process that runs, and no longer has it
			}
			out.Memory, data = append(out.Memory, part), append(data, buf)
		}
	}
	types := newTypeWriter()
	for _, m := range img.Modules {
		module, parts, err := writeModule(m, types)
		if err != nil {
			return err
		}
		out.Modules, data = append(out.Modules, module), append(data, parts...)
	}
	out.Types = types.write()
	return writeParts(w, &out, data)
}

func writeParts(w io.Writer, out *recordedImage, data [][]byte) error {
	header, err := json.Marshal(out)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, recordingMagic); err != nil {
		return err
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return err
	}
	parts := append([][]byte{binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header}, data...)
	for _, part := range parts {
		if _, err := z.Write(part); err != nil {
			return errors.Join(err, z.Close())
		}
	}
	return z.Close()
}

// writeModule returns what a recording says of a module, and the parts of its
// file that were read.
func writeModule(m *Module, types *typeWriter) (recordedModule, [][]byte, error) {
	out := recordedModule{
		Path: m.Path, Bias: m.Bias, Start: m.Start, End: m.End,
		Types: map[string]recordedAnswer{}, Globals: map[string]recordedAnswer{},
	}
	if m.Err != nil {
		out.Err = m.Err.Error()
	}
	if m.recording == nil {
		return out, nil, nil
	}
	for _, q := range m.recording.questions() {
		m.answer(q, &out, types)
	}
	var data [][]byte
	for _, part := range m.recording.read.list() {
		buf := make([]byte, part.Len)
		if _, err := m.recording.file.ReadAt(buf, int64(part.Addr)); err != nil {
			return out, nil, fmt.Errorf("cannot record %s: %w", m.Path, err)
		}
		out.File, data = append(out.File, part), append(data, buf)
	}
	return out, data, nil
}

// answer asks the module again, and adds what it says to the recording.
func (m *Module) answer(q question, out *recordedModule, types *typeWriter) {
	switch q.about {
	case aboutSymbol:
		if s, ok := m.Symbol(q.name); ok {
			out.Symbols = append(out.Symbols, recordedSymbol{Name: s.Name, Addr: s.Addr - m.Bias, Size: s.Size})
		}
	case aboutSymbolAt:
		if s, ok := m.SymbolAt(q.addr + m.Bias); ok {
			out.addFunc(recordedSymbol{Name: s.Name, Addr: s.Addr - m.Bias, Size: s.Size, Func: true}, q.addr)
		}
	case aboutType:
		t, err := m.Type(q.name)
		out.Types[q.name] = types.answer(t, 0, err)
	case aboutGlobal:
		t, addr, err := m.Global(q.name)
		out.Globals[q.name] = types.answer(t, addr-m.Bias, err)
	}
}

// addFunc adds the function that holds an address. One of no stated size
// reaches to the next, which may not be recorded: it gets a size. Questions
// come in the order of their addresses, and so do the functions.
func (out *recordedModule) addFunc(f recordedSymbol, addr uint64) {
	f.Size = max(f.Size, addr-f.Addr+1)
	if n := len(out.Symbols); n > 0 && out.Symbols[n-1].Func && out.Symbols[n-1].Addr == f.Addr {
		n--
		out.Symbols = out.Symbols[:n]
	}
	out.Symbols = append(out.Symbols, f)
}
