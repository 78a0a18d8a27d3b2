package object

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// BenchmarkRead measures what walks are made of, with everything in the cache.
func BenchmarkRead(b *testing.B) {
	for _, p := range testtarget.Pythons(b) {
		b.Run(p.Name, func(b *testing.B) {
			tg := startObjects(b, p)
			r := NewReader(tg.img, tg.layout)
			byName := map[string]Ref{}
			for _, o := range tg.says.Reprs {
				byName[o[0]] = ref(b, o[1])
			}
			plain, slots, inner, str := byName["attributes"], byName["slots"], byName["closure"], byName["str ascii"]
			for _, c := range []struct {
				name string
				read func()
			}{
				{"U64", func() { r.U64(uint64(plain) + 8) }},
				{"Type", func() { r.Type(plain); r.Type(str) }},
				{"Str", func() { r.Str(str) }},
				{"Attr", func() { r.Attr(plain, "b") }},
				{"AttrInSlot", func() { r.Attr(slots, "b") }},
				{"AttrAbsent", func() { r.Attr(plain, "none") }},
				{"Function", func() { r.Function(inner) }},
				{"Cells", func() { r.Cells(inner) }},
				{"Repr", func() { r.Repr(plain, Bounds{}) }},
			} {
				b.Run(c.name, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						c.read()
					}
				})
			}
			if r.Err() != nil {
				b.Fatal(r.Err())
			}
		})
	}
}
