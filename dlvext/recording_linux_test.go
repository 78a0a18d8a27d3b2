package dlvext

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What was seen of a live process is seen in its recording: memory, symbols,
// types; what was read before the stop as well.
func TestRecordingOfACapture(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "manyg", testtarget.Options{PIE: true}), "100")
	p := openProcess(t, tg.PID)
	Record(p.Image())
	exe := p.Image().Modules[0]
	early, ok := exe.Section(".data")
	if !ok {
		t.Fatal("no .data")
	}
	if err := p.Image().Memory.Read(early.Addr, make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	reader := newGReader(t, p.Image())
	found := 0
	img, err := p.Capture(context.Background(), CaptureOptions{MaxStop: tooLong}, func(_ context.Context, img *Image) error {
		found = reader.read(img.Memory)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 100 {
		t.Fatalf("%d goroutines were found", found)
	}
	f, ok := exe.SymbolAt(exe.Bias + exe.Header.Entry)
	if !ok {
		t.Fatal("no function at the entry point")
	}
	if _, err := exe.Type("no.such"); !errors.Is(err, ErrAbsent) {
		t.Fatal(err)
	}

	var file bytes.Buffer
	if err := WriteRecording(&file, img); err != nil {
		t.Fatal(err)
	}
	t.Logf("the recording has %d bytes", file.Len())
	again, err := OpenRecording(&file)
	if err != nil {
		t.Fatal(err)
	}
	if got := newGReader(t, again).read(again.Memory); got != found {
		t.Errorf("%d goroutines in the recording, %d in the process", got, found)
	}
	if err := again.Memory.Read(early.Addr, make([]byte, 64)); err != nil {
		t.Errorf("what was read before the stop: %v", err)
	}
	if len(again.Threads) != len(img.Threads) || again.Threads[0].Regs.PC() != img.Threads[0].Regs.PC() {
		t.Errorf("%+v, want %+v", again.Threads, img.Threads)
	}
	m := again.Modules[0]
	if got, ok := m.SymbolAt(exe.Bias + exe.Header.Entry); !ok || got.Name != f.Name || got.Addr != f.Addr {
		t.Errorf("%+v, want %+v", got, f)
	}
	if _, err := m.Type("no.such"); !errors.Is(err, ErrAbsent) {
		t.Errorf("a type that the program has not: %v", err)
	}
	if _, err := m.Type("runtime.p"); err == nil || errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "not in the recording") {
		t.Errorf("a type that nobody asked for: %v", err)
	}
}
