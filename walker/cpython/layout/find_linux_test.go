package layout

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// Each CPython is found in a process that runs, with its version and nothing
// left to say.
func TestFindsEachPython(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.StartPython(t, p, "chain.py")
			i := only(t, open(t, tg.PID))
			s, err := testtarget.ParsePythonStack(tg.Stack(t))
			if err != nil {
				t.Fatal(err)
			}
			if v := i.Version.String(); v != s.Version && v != p.Minor {
				t.Errorf("it is %s by %s, and it is %s", v, i.Known, s.Version)
			}
			if i.Version.Micro < 0 && p.AtLeast(11) {
				t.Errorf("its version is not wholly known: %s", i.Version)
			}
			source := "table"
			if p.AtLeast(13) {
				source = "self-described"
			}
			if i.Layout.Source != source || i.Layout.Version != i.Version || i.Phase != Running || len(i.Notes) != 0 {
				t.Errorf("layout of %s by %s, phase %d, notes %q", i.Layout.Version, i.Layout.Source, i.Phase, i.Notes)
			}
		})
	}
}

// A core and a recording tell the same as the process.
func TestFindsInCoresAndRecordings(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			tg := testtarget.StartPython(t, p, "chain.py")
			live := only(t, open(t, tg.PID))
			core, err := dlvext.OpenCore(p.Exe(t), tg.GCore(t), dlvext.CoreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer core.Close()
			same(t, live, only(t, core))

			img := open(t, tg.PID)
			dlvext.Record(img)
			only(t, img)
			var file strings.Builder
			if err := dlvext.WriteRecording(&file, img); err != nil {
				t.Fatal(err)
			}
			read := 0
			for _, r := range dlvext.ReadSet(img) {
				read += r.Len
			}
			if read > 4096 {
				t.Errorf("it takes %d bytes of memory", read)
			}
			again, err := dlvext.OpenRecording(strings.NewReader(file.String()))
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			same(t, live, only(t, again))
		})
	}
}

func same(t *testing.T, a, b *Interpreter) {
	t.Helper()
	if a.Version != b.Version || a.Runtime != b.Runtime || *a.Layout != *b.Layout || a.Known != b.Known || a.Phase != b.Phase {
		t.Errorf("%+v\nis not\n%+v", b, a)
	}
}
