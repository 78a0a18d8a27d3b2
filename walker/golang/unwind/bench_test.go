package unwind_test

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// BenchmarkStack unwinds a goroutine of a real program again and again: what
// each of 100,000 alike costs once its PCs are known.
func BenchmarkStack(b *testing.B) {
	exe := testtarget.Build(b, "inlined", testtarget.Options{})
	tg := openCore(b, exe, testtarget.Start(b, exe).GCore(b))
	var longest unwind.Start
	var frames []unwind.Frame
	for _, g := range tg.goroutines() {
		if fs, _ := tg.u.Stack(g.start, nil, maxFrames); len(fs) > len(frames) && g.thread == 0 {
			longest, frames = g.start, fs
		}
	}
	var calls []unwind.Call
	b.Run("frames", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			frames, _ = tg.u.Stack(longest, frames[:0], maxFrames)
		}
		b.ReportMetric(float64(len(frames)), "frames/op")
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(frames)), "ns/frame")
	})
	b.Run("calls", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			calls, _ = tg.u.Expand(frames, calls[:0])
		}
		b.ReportMetric(float64(len(calls)), "calls/op")
	})
	b.Run("live", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, f := range frames {
				_, _ = f.Live()
			}
		}
		b.ReportMetric(float64(len(frames)), "frames/op")
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			u := unwind.New(tg.tables, "amd64")
			frames, _ = u.Stack(longest, frames[:0], maxFrames)
		}
	})
}
