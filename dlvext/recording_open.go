package dlvext

import (
	"bufio"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Bounds of a recording that is read. Those of small targets have some
// hundred kilobytes, those of 100,000 tasks some hundred megabytes.
const (
	maxRecording = 1 << 30 // bytes, decompressed
	maxHeader    = 1 << 28 // bytes of the header
)

// whyNotRecorded is why a read of a recording fails.
const whyNotRecorded = "not in the recording"

// IsRecording tells whether the first bytes of a file are a recording's, of
// this version or another.
func IsRecording(first []byte) bool {
	name, _, _ := strings.Cut(recordingMagic, " 1")
	return strings.HasPrefix(string(first), name)
}

// OpenRecording reads a recording. The image answers what was asked of the
// recorded one, on any machine; what was not read or asked then is a fault or
// an error that says so.
func OpenRecording(r io.Reader) (*Image, error) {
	in, data, err := readParts(r, maxRecording)
	if err != nil {
		return nil, fmt.Errorf("cannot read the recording: %w", err)
	}
	img, err := in.image(data)
	if err != nil {
		return nil, fmt.Errorf("cannot read the recording: it is damaged: %w", err)
	}
	return img, nil
}

// readParts reads the header and all data after it, of a recording that
// unpacks to no more than limit bytes.
func readParts(r io.Reader, limit int64) (*recordedImage, []byte, error) {
	buffered := bufio.NewReader(r)
	magic, err := buffered.ReadSlice('\n')
	switch {
	case string(magic) == recordingMagic:
	case IsRecording(magic):
		return nil, nil, fmt.Errorf("it is a %s, and this program reads version 1", strings.TrimSpace(string(magic)))
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull):
		return nil, nil, err
	default:
		return nil, nil, errors.New("it is none")
	}
	z, err := zstd.NewReader(buffered, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, nil, err
	}
	defer z.Close()
	// Read as it comes: memory is taken for what is there, not for what is claimed.
	all, err := io.ReadAll(io.LimitReader(z, limit+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("it is cut short or damaged: %w", err)
	case int64(len(all)) > limit:
		return nil, nil, fmt.Errorf("it holds more than %d MB", limit>>20)
	case len(all) < 8:
		return nil, nil, errors.New("it is cut short")
	}
	size, all := binary.LittleEndian.Uint64(all), all[8:]
	if size > maxHeader || size > uint64(len(all)) {
		return nil, nil, errors.New("it is damaged: its header is longer than it is")
	}
	var in recordedImage
	if err := json.Unmarshal(all[:size], &in); err != nil {
		return nil, nil, fmt.Errorf("it is damaged: %w", err)
	}
	return &in, all[size:], nil
}

func (in *recordedImage) image(data []byte) (*Image, error) {
	img := &Image{
		Source: "recording", PID: in.PID, Exe: in.Exe, Arch: in.Arch, CapturedAt: in.CapturedAt,
		Monotonic: in.Monotonic, Stopped: in.Stopped, Signal: in.Signal, Whole: in.Whole, Threads: in.Threads, Notes: in.Notes,
	}
	types, err := readTypes(in.Types)
	if err != nil {
		return nil, err
	}
	memory, data, err := takePieces(in.Memory, data)
	if err != nil {
		return nil, err
	}
	for i := range in.Modules {
		var file []piece
		if file, data, err = takePieces(in.Modules[i].File, data); err != nil {
			return nil, err
		}
		m, err := in.Modules[i].module(file, types)
		if err != nil {
			return nil, err
		}
		img.Modules = append(img.Modules, m)
	}
	img.Memory = newSparse(memory, img.Modules, whyNotRecorded)
	return img, nil
}

// takePieces takes the ranges' bytes from the front of the data.
func takePieces(ranges []Range, data []byte) ([]piece, []byte, error) {
	pieces := make([]piece, 0, len(ranges))
	for _, r := range ranges {
		if r.Len < 0 || r.Len > len(data) || checkRange(r.Addr, r.Len) != nil {
			return nil, nil, fmt.Errorf("%d bytes at %#x are not in it", r.Len, r.Addr)
		}
		pieces = append(pieces, piece{addr: r.Addr, size: r.Len, data: data[:r.Len:r.Len]})
		data = data[r.Len:]
	}
	return pieces, data, nil
}

// module makes the module that answers as the recorded one did.
func (in *recordedModule) module(file []piece, types []*Type) (*Module, error) {
	if in.Err != "" || len(file) == 0 {
		m := &Module{Path: in.Path, Bias: in.Bias, Start: in.Start, End: in.End, Err: errors.New(in.Err)}
		if in.Err == "" {
			m.Err = fmt.Errorf("cannot use %s: %s", in.Path, whyNotRecorded)
		}
		return m, nil
	}
	m, err := OpenModule(in.Path, recordedParts{newSparse(file, nil, whyNotRecorded)}, in.Bias)
	if err != nil {
		return nil, err
	}
	m.Start, m.End = in.Start, in.End
	m.symbols = sync.OnceValue(in.symbolTable)
	m.answers = &answers{module: in, types: types}
	return m, m.answers.check()
}

// symbolTable is what the module's symbols were found to be.
func (in *recordedModule) symbolTable() *symbolTable {
	t := &symbolTable{byName: map[string]int32{}}
	t.funcs = sync.OnceValue(t.sortFuncs)
	for i, s := range in.Symbols {
		kind := elf.STT_OBJECT
		if s.Func {
			kind = elf.STT_FUNC
		} else {
			t.byName[s.Name] = int32(i)
		}
		t.all = append(t.all, elf.Symbol{Name: s.Name, Value: s.Addr, Size: s.Size, Info: elf.ST_INFO(elf.STB_LOCAL, kind)})
	}
	return t
}

// recordedParts is a module's file of which parts are known.
type recordedParts struct{ *sparse }

// ReadAt makes it an [io.ReaderAt].
func (p recordedParts) ReadAt(buf []byte, off int64) (int, error) {
	if err := p.Read(uint64(off), buf); err != nil {
		return 0, err
	}
	return len(buf), nil
}
