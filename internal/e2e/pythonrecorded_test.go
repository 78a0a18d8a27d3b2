package e2e

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

var recordAnew = flag.Bool("record", false, "record testdata/python/locks.py anew on the CPythons that are here")

// recordedReleases are those of which a recording of locks.py is kept, so that
// they are read on machines without them. (3.15 is on few yet.)
var recordedReleases = []string{"3.8", "3.11", "3.13", "3.14", "3.15"}

const recordedFiles = "testdata/python/recorded"

// A recording is read without the interpreter that it is of.
func TestRecordedPythons(t *testing.T) {
	if *recordAnew {
		recordPythons(t)
	}
	archive := &txtar.Archive{}
	for _, minor := range recordedReleases {
		file, err := os.ReadFile(filepath.Join(recordedFiles, "locks-"+minor+".recording"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := snapshot.Read(t.Context(), minor, bytes.NewReader(file), snapshot.Options{})
		if err != nil {
			t.Fatalf("%s: %v", minor, err)
		}
		if !slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == "deadlock" && len(p.Tasks) == 2 }) {
			t.Errorf("%s: the deadlock of left and right is not found", minor)
		}
		var b bytes.Buffer
		if err := render.Tree(&b, s, render.Options{Width: 120}); err != nil {
			t.Fatal(err)
		}
		_, tree, _ := bytes.Cut(b.Bytes(), []byte("\n\n")) // without the header, which counts from now
		archive.Files = append(archive.Files, txtar.File{Name: minor + " is " + s.Runtimes[0].Version, Data: tree})
	}
	golden := filepath.Join(recordedFiles, "locks.txtar")
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(want), lines(txtar.Format(archive))); diff != "" {
		t.Errorf("%s (-) and what is seen (+) differ; -update writes it anew:\n%s", golden, diff)
	}
}

// No recording tells of the machine that it was made on.
func TestRecordingsNameNoMachine(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(recordedFiles, "*.recording"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, content := unpack(t, file)
		for _, path := range []string{"/root/", "/home/", "/work/", "/tmp/"} {
			if i := bytes.Index(content, []byte(path)); i >= 0 {
				t.Errorf("%s has %q", name, content[i:min(i+60, len(content))])
			}
		}
	}
}

func recordPythons(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		if !slices.Contains(recordedReleases, p.Minor) {
			continue
		}
		tg := testtarget.StartPython(t, p, "locks.py")
		var file bytes.Buffer
		if _, err := snapshot.Attach(t.Context(), tg.PID, snapshot.Options{Record: &file}); err != nil {
			t.Fatal(err)
		}
		magic, content := unpack(t, file.Bytes())
		real, err := filepath.EvalSymlinks(p.Exe(t))
		if err != nil {
			t.Fatal(err)
		}
		for neutral, path := range map[string]string{
			"/opt/": filepath.Dir(filepath.Dir(real)), "/src/": testtarget.Root(t), "/run/": tg.Dir,
		} {
			// Of the same length: the strings lie in memory.
			with := neutral + strings.Repeat("x", max(len(path)-len(neutral), 0))
			content = bytes.ReplaceAll(content, []byte(path), []byte(with[:len(path)]))
		}
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(recordedFiles, "locks-"+p.Minor+".recording")
		if err := os.WriteFile(name, append(magic, enc.EncodeAll(content, nil)...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// unpack takes a recording apart: the line that names the format, and what is
// packed after it.
func unpack(t *testing.T, file []byte) (magic, content []byte) {
	t.Helper()
	end := bytes.IndexByte(file, '\n') + 1
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	content, err = dec.DecodeAll(file[end:], nil)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(file[:end]), content
}
