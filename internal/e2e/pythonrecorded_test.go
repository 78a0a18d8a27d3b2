package e2e

import (
	"bytes"
	"cmp"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

var recordAnew = flag.Bool("record", false, "make the kept recordings anew on the CPythons that are here")

const recordedFiles = "testdata/python/recorded"

// recordedPrograms are those of which recordings are kept, so that they are read
// on machines without these releases: what packages they need, by program and
// release. (3.15 is on few machines yet.)
var recordedPrograms = map[string]map[string][]string{
	"locks": {"3.8": nil, "3.11": nil, "3.13": nil, "3.14": nil, "3.15": nil},
	"trios": {"3.8": {"trio==0.22.0"}, "3.13": {"trio==0.27.0"}},
}

func recordingFile(program, minor string) string {
	return filepath.Join(recordedFiles, program+"-"+minor+".recording")
}

// A recording is read without the interpreter that it is of.
func TestRecordedPythons(t *testing.T) {
	for program, releases := range recordedPrograms {
		t.Run(program, func(t *testing.T) {
			if *recordAnew {
				recordPythons(t, program)
			}
			archive := &txtar.Archive{}
			for _, minor := range slices.SortedFunc(maps.Keys(releases), byMinor) {
				version, tree := recordedTree(t, program, minor)
				archive.Files = append(archive.Files, txtar.File{Name: minor + " is " + version, Data: tree})
			}
			compareGolden(t, filepath.Join(recordedFiles, program+".txtar"), archive)
		})
	}
}

// byMinor orders 3.8 before 3.11.
func byMinor(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// recordedTree is what a recording is of, and its tree.
func recordedTree(t *testing.T, program, minor string) (version string, tree []byte) {
	t.Helper()
	file, err := os.ReadFile(recordingFile(program, minor))
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Read(t.Context(), minor, bytes.NewReader(file), snapshot.Options{})
	if err != nil {
		t.Fatalf("%s: %v", minor, err)
	}
	if !slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == "deadlock" && len(p.Tasks) == 2 }) {
		t.Errorf("%s: the deadlock of two tasks is not found", minor)
	}
	var b bytes.Buffer
	if err := render.Tree(&b, s, render.Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	_, tree, _ = bytes.Cut(b.Bytes(), []byte("\n\n")) // without the header, which counts from now
	return s.Runtimes[0].Version, tree
}

func compareGolden(t *testing.T, golden string, archive *txtar.Archive) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(lines(want), lines(txtar.Format(archive))); diff != "" {
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

func recordPythons(t *testing.T, program string) {
	for _, p := range testtarget.Pythons(t) {
		if packages, ok := recordedPrograms[program][p.Minor]; ok {
			recordPython(t, p, program, packages)
		}
	}
}

func recordPython(t *testing.T, p testtarget.Python, program string, packages []string) {
	real, err := filepath.EvalSymlinks(p.Exe(t))
	if err != nil {
		t.Fatal(err)
	}
	exe, venv := p.Exe(t), ""
	if len(packages) > 0 {
		exe = testtarget.Venv(t, p, packages...)
		venv = filepath.Dir(filepath.Dir(exe))
	}
	script := filepath.Join(testtarget.Root(t), "testdata", "python", program+".py")
	tg := testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script)
	var file bytes.Buffer
	if _, err := snapshot.Attach(t.Context(), tg.PID, snapshot.Options{Record: &file, MaxStop: time.Minute}); err != nil {
		t.Fatal(err)
	}
	magic, content := unpack(t, file.Bytes())
	for neutral, path := range map[string]string{
		"/opt/": filepath.Dir(filepath.Dir(real)), "/src/": testtarget.Root(t), "/run/": tg.Dir, "/env/": venv,
	} {
		if path == "" {
			continue
		}
		// Of the same length: the strings lie in memory.
		with := neutral + strings.Repeat("x", max(len(path)-len(neutral), 0))
		content = bytes.ReplaceAll(content, []byte(path), []byte(with[:len(path)]))
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recordingFile(program, p.Minor), append(magic, enc.EncodeAll(content, nil)...), 0o644); err != nil {
		t.Fatal(err)
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
