//go:build linux

package dlvext

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// BenchmarkCore opens a core of 100,000 goroutines and reads what a walk of
// them begins with, as [BenchmarkCapture] does of the process.
func BenchmarkCore(b *testing.B) {
	exe := testtarget.Build(b, "manyg", testtarget.Options{})
	core := testtarget.Start(b, exe, "100000").GCore(b)
	warm, err := OpenCore(exe, core, CoreOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer warm.Close()
	reader := newGReader(b, warm)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			img, err := OpenCore(exe, core, CoreOptions{})
			if err != nil {
				b.Fatal(err)
			}
			img.Close()
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if found := reader.read(warm.Memory); found < 100_000 {
				b.Fatalf("%d goroutines were found", found)
			}
		}
	})
}
