package frame

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// The lines of every instruction of the standard library are those that the
// interpreter itself makes of its tables.
func TestLinesOfTheStandardLibrary(t *testing.T) {
	eachPython(t, func(t *testing.T, p testtarget.Python) {
		format := layoutOf(t, p).Code.LineFormat
		cmd := exec.Command(p.Exe(t), "-s", filepath.Join("testdata", "lines.py"), "12")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, stderr.String())
		}
		codes, instructions := 0, 0
		scanner := bufio.NewScanner(bytes.NewReader(out))
		scanner.Buffer(nil, 1<<26)
		for scanner.Scan() {
			var name, table string
			var first int
			var ranges [][3]*int
			if err := json.Unmarshal(scanner.Bytes(), &[]any{&name, &first, &table, &ranges}); err != nil {
				t.Fatal(err)
			}
			raw, err := hex.DecodeString(table)
			if err != nil {
				t.Fatal(err)
			}
			lines := decodeLines(format, raw, first)
			codes++
			for _, r := range ranges {
				for offset := *r[0]; offset < *r[1]; offset += 2 {
					instructions++
					got, ok := lines.line(offset, first)
					if want := r[2]; ok != (want != nil) || ok && got != *want {
						t.Fatalf("%s, which begins at line %d, offset %d: got %d %t, want %v", name, first, offset, got, ok, r)
					}
				}
			}
		}
		if codes < 100 {
			t.Errorf("the target printed %d code objects", codes)
		}
		t.Logf("%d code objects, %d instructions", codes, instructions)
	})
}

// Hand-made tables: what the standard library may not have.
func TestLines(t *testing.T) {
	for _, c := range []struct {
		name   string
		format layout.LineFormat
		table  string
		lines  map[int]int // by offset; 0: none
	}{
		{"an empty lnotab is the first line", layout.Lnotab, "", map[int]int{-2: 10, 0: 10, 1000: 10}},
		{"lnotab goes back", layout.Lnotab, "0205 04fd", map[int]int{0: 10, 2: 15, 4: 15, 6: 12, 600: 12}},
		{"lnotab, steps without code", layout.Lnotab, "007f 0001 02ff", map[int]int{0: 138, 1: 138, 2: 137}},
		{"an empty linetable has no lines", layout.PEP626, "", map[int]int{-1: 10, 0: 0}},
		{"linetable, none and back", layout.PEP626, "0401 0280 02ff", map[int]int{0: 11, 3: 11, 4: 0, 6: 10, 8: 0}},
		{"linetable breaks off", layout.PEP626, "0401 02", map[int]int{0: 11, 4: 0}},
		{"locations: short, one line, none, no columns, long", layout.Locations,
			"8111 d80101 f8 e907 f04e01010102", map[int]int{0: 10, 2: 10, 4: 11, 6: 0, 8: 8, 10: 8, 12: 47, 14: 0}},
		{"locations: a varint that never ends", layout.Locations, "e87f7f7f7f7f7f7f7f7f7f7f7f7f", map[int]int{0: 0, 2: 0}},
	} {
		raw, err := hex.DecodeString(strings.ReplaceAll(c.table, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		table := decodeLines(c.format, raw, 10)
		for offset, want := range c.lines {
			if got, ok := table.line(offset, 10); got != want || ok != (want != 0) {
				t.Errorf("%s: offset %d: got %d %t, want %d", c.name, offset, got, ok, want)
			}
		}
	}
}

func FuzzLines(f *testing.F) {
	for _, s := range []string{"", "\x02\x05\x04\xfd", "\x81\x11\xd8\x01\x01\xf8\xe9\x07\xf0\x4e\x01\x01\x01\x02"} {
		for format := range 4 {
			f.Add(s, format, 10)
		}
	}
	f.Fuzz(func(t *testing.T, table string, format, first int) {
		lines := decodeLines(layout.LineFormat(format&3), []byte(table), first)
		if len(lines) > len(table)+1 {
			t.Errorf("%d spans from %d bytes", len(lines), len(table))
		}
		end := int32(0)
		for _, s := range lines {
			if s.end <= end {
				t.Fatalf("a span ends at %d, the next at %d", end, s.end)
			}
			end = s.end
			if line, ok := lines.line(int(s.end)-1, first); ok != (s.line >= 0) || ok && line != int(s.line) {
				t.Errorf("offset %d: %d %t, want %d", s.end-1, line, ok, s.line)
			}
		}
		lines.line(-1, first)
		lines.line(int(end), first)
	})
}
