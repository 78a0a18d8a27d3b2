package layout

import (
	"encoding/binary"
	"errors"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// described314 is a Python that describes itself, as a file alone: nothing of
// it has run.
func described314(t *testing.T) (m *dlvext.Module, runtime uint64, header []byte) {
	t.Helper()
	for _, p := range testtarget.Pythons(t) {
		if p.Minor != "3.14" {
			continue
		}
		m := module(t, p.Exe(t), p.Exe(t))
		s, ok := m.Section(runtimeSection)
		if !ok {
			t.Fatal("no section", runtimeSection)
		}
		header := make([]byte, 2048)
		if err := m.ReadFile(s.Addr, header); err != nil {
			t.Fatal(err)
		}
		return m, s.Addr, header
	}
	t.Fatal("no 3.14")
	return nil, 0, nil
}

// module opens a file as a module that the target has under another path.
func module(t *testing.T, path, file string) *dlvext.Module {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dlvext.OpenModule(path, f, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// Before anything ran, and after all was shut down, there is no interpreter.
func TestStartingInterpreter(t *testing.T) {
	m, runtime, header := described314(t)
	if i := only(t, dlvext.NewImage(map[uint64][]byte{runtime: header}, m)); i.Phase != Starting || i.Version.Minor != 14 {
		t.Errorf("%s in phase %d", i, i.Phase)
	}
}

// What describes itself as something that cannot be read is refused, with one
// line that says why.
func TestRefusesBySelfDescription(t *testing.T) {
	m, runtime, header := described314(t)
	for name, c := range map[string]struct {
		word  int // after the cookie
		value uint64
		want  string
	}{
		"free-threaded":   {1, 1, "CPython 3.14t (free-threaded, "},
		"neither":         {1, 2, "neither that it has a GIL"},
		"no version":      {0, 0xffffffffffff, "have no version"},
		"version 2":       {0, 0x020700f0, "have no version"},
		"fork of 3.12":    {0, 0x030c00f0, "a modified build"},
		"another minor":   {0, 0x030d00f0, "does not describe itself as 3.13 does"},
		"unknown newer":   {0, 0x031000f0, "does not describe itself as 3.15 does"},
		"absurd size":     {5, 1 << 40, "its interp has 1099511627776 bytes"},
		"outside":         {6, 1 << 30, "its interp.id is 1073741824 bytes into a structure of"},
		"other code":      {38, 0, "its code."},
		"wrapped offsets": {3, 1<<64 - 8, "its runtime.finalizing is"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := append([]byte(nil), header...)
			binary.LittleEndian.PutUint64(changed[8+8*c.word:], c.value)
			found, err := Find(dlvext.NewImage(map[uint64][]byte{runtime: changed}, m))
			if len(found) != 0 || err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("found %v; refused: %v", found, err)
			}
		})
	}
}

// A version with debug offsets that begins without them is not read by the
// table.
func TestRefusesWithoutDescription(t *testing.T) {
	m, runtime, header := described314(t)
	changed := append(make([]byte, 8), header[8:]...)
	found, err := Find(dlvext.NewImage(map[uint64][]byte{runtime: changed}, m))
	if len(found) != 0 || err == nil || !strings.Contains(err.Error(), "does not begin with the debug offsets") {
		t.Errorf("found %v; refused: %v", found, err)
	}
}

// A minor version that is not known yet, and describes itself as the newest
// that is, is read with a note.
func TestTriesNewerVersions(t *testing.T) {
	m, runtime, _ := described314(t)
	newest, _ := Table(Version{Major: 3, Minor: Newest})
	words := func(names []string, sizes map[string]uint64) []byte {
		var b []byte
		for _, name := range names {
			value := sizes[name]
			if place := newest.fields()[name]; place != nil {
				value = uint64(*place)
			} else if value == 0 && strings.HasSuffix(name, ".size") {
				value = 4096
			}
			b = binary.LittleEndian.AppendUint64(b, value)
		}
		return b
	}
	sizes := map[string]uint64{"version": 0x031000f0, "runtime.size": 1 << 18, "interp.size": 1 << 18}
	start := append([]byte(cookie), words(headers[Newest], sizes)...)
	start = append(start, make([]byte, 1024)...)
	section, _ := m.Section(asyncioSection)
	memory := map[uint64][]byte{runtime: start, section.Addr: words(asyncioHeader, sizes)}
	i := only(t, dlvext.NewImage(memory, m))
	if i.Version.String() != "3.16.0" || len(i.Notes) != 1 || !strings.Contains(i.Notes[0], "3.16.0 is newer than 3.15") {
		t.Errorf("%s, notes %q", i, i.Notes)
	}

	// The module of another build is not believed.
	sizes["interp.size"]++
	memory[section.Addr] = words(asyncioHeader, sizes)
	if found, err := Find(dlvext.NewImage(memory, m)); len(found) != 0 || err == nil || !strings.Contains(err.Error(), "built for another build") {
		t.Errorf("found %v; refused: %v", found, err)
	}
}

// Pythons that only their files' names tell of are named in the refusal.
func TestRefusesByName(t *testing.T) {
	self, err := os.Executable() // any program that is no Python
	if err != nil {
		t.Fatal(err)
	}
	missing := dlvext.MissingModule("/usr/lib/libpython3.11.so.1.0", errors.New("not on this machine"))
	for path, want := range map[string]string{
		"/usr/bin/python2.7":             "CPython 2.7 (/usr/bin/python2.7) cannot be read: 3.8 is the oldest that can be",
		"/usr/bin/python3.6m":            "CPython 3.6 (/usr/bin/python3.6m) cannot be read: 3.8 is the oldest that can be",
		"/usr/bin/python3.9":             "CPython 3.9 (/usr/bin/python3.9) cannot be read: it has neither the symbol _PyRuntime nor the section .PyRuntime",
		"/opt/pypy/bin/pypy3.10":         "PyPy 3.10 (/opt/pypy/bin/pypy3.10) cannot be read: only CPython 3.8 to 3.15 can",
		"/opt/pypy/bin/libpypy3.10-c.so": "PyPy 3.10 (/opt/pypy/bin/libpypy3.10-c.so) cannot be read: only CPython 3.8 to 3.15 can",
		"/usr/bin/pypy3":                 "PyPy (/usr/bin/pypy3) cannot be read: only CPython 3.8 to 3.15 can",
		"/usr/bin/cat":                   "",
		"/usr/lib/python3/app":           "",
		"/usr/bin/python-server":         "",
		"/usr/lib/libpython3.so":         "CPython (/usr/lib/libpython3.so) cannot be read: it has neither the symbol _PyRuntime nor the section .PyRuntime",
		"/usr/bin/python3.12d (deleted)": "CPython 3.12 (/usr/bin/python3.12d (deleted)) cannot be read: it has neither the symbol _PyRuntime nor the section .PyRuntime",
	} {
		found, err := Find(dlvext.NewImage(nil, module(t, path, self)))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if len(found) != 0 || got != want {
			t.Errorf("%s: found %v; refused: %q, not %q", path, found, got, want)
		}
	}
	_, err = Find(dlvext.NewImage(nil, module(t, "/usr/bin/python3.11", self), missing))
	if want := "CPython 3.11 cannot be read: cannot use /usr/lib/libpython3.11.so.1.0: not on this machine"; err == nil || err.Error() != want {
		t.Errorf("refused: %v, not %s", err, want)
	}
}

// A runtime whose structures do not hold together is refused, and whatever
// bytes they have, nothing worse happens.
func TestRefusesWhatDoesNotFit(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			tg := testtarget.StartPython(t, p, "chain.py")
			img := open(t, tg.PID)
			dlvext.Record(img)
			i := only(t, img)
			memory := map[uint64][]byte{}
			for _, r := range dlvext.ReadSet(img) {
				buf := make([]byte, r.Len)
				if err := img.Memory.Read(r.Addr, buf); err != nil {
					t.Fatal(err)
				}
				memory[r.Addr] = buf
			}
			copied := func() map[uint64][]byte {
				c := maps.Clone(memory)
				for addr, b := range c {
					c[addr] = append([]byte(nil), b...)
				}
				return c
			}
			same(t, i, only(t, dlvext.NewImage(copied(), img.Modules...)))

			head := i.Runtime + uint64(i.Layout.Runtime.InterpretersHead)
			broken := copied()
			for addr, b := range broken {
				if at := head - addr; at < uint64(len(b)) {
					binary.LittleEndian.PutUint64(b[at:], i.Runtime&^7)
				}
			}
			if found, err := Find(dlvext.NewImage(broken, img.Modules...)); len(found) != 0 || err == nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("found %v; refused: %v", found, err)
			}
			for addr, b := range memory {
				for bit := range 8 * len(b) {
					if len(b) > 64 && bit%7 != 0 {
						continue // of the long ones a part will do
					}
					flipped := copied()
					flipped[addr][bit/8] ^= 1 << (bit % 8)
					found, err := Find(dlvext.NewImage(flipped, img.Modules...))
					if len(found) > 1 || len(found) == 0 && err == nil {
						t.Errorf("bit %d at %#x: found %v; refused: %v", bit, addr, found, err)
					}
				}
			}
		})
	}
}
