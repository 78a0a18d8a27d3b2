package dlvext

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/go-delve/delve/pkg/proc"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// BenchmarkRuntimeTypes opens a program and reads the layouts and globals
// that a walk begins with, beside what Delve takes to load the same file. A
// program of one's own is measured with DLV_ASYNC_BENCH_EXE=PATH.
func BenchmarkRuntimeTypes(b *testing.B) {
	exe := os.Getenv("DLV_ASYNC_BENCH_EXE")
	if exe == "" {
		exe = testtarget.Build(b, "server", testtarget.Options{})
	}
	info, err := os.Stat(exe)
	if err != nil {
		b.Fatal(err)
	}
	read := func() {
		f, err := os.Open(exe)
		if err != nil {
			b.Fatal(err)
		}
		m, err := OpenModule(exe, f, 0)
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range []string{"runtime.g", "runtime.sudog", "runtime.hchan", "runtime.m", "runtime.p", "runtime.timer"} {
			t, err := m.Type(name)
			if err != nil {
				b.Fatal(err)
			}
			t.Fields()
		}
		for _, name := range []string{"runtime.allgs", "runtime.waitReasonStrings", "runtime.firstmoduledata"} {
			if _, _, err := m.Global(name); err != nil {
				b.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			b.Fatal(err)
		}
	}
	start := time.Now()
	for b.Loop() {
		read()
	}
	ours := time.Since(start) / time.Duration(b.N)

	start = time.Now()
	delve := proc.NewBinaryInfo("linux", runtime.GOARCH, false)
	if err := delve.LoadBinaryInfo(exe, 0, nil); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(start))/float64(ours), "x-faster-than-Delve")
	b.ReportMetric(float64(info.Size())/1e6, "MB")
	_ = delve.Close()
}
