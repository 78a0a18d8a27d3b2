package dlvasync

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The files that documents and the documentation of packages name are there.
func TestNamedFilesAreThere(t *testing.T) {
	link := regexp.MustCompile(`https?://\S+`)
	source := regexp.MustCompile(`[\w*]+\.go\b`)
	docs, err := filepath.Glob("*/doc.go")
	for _, pattern := range []string{"*/*/doc.go", "*/*/*/doc.go"} {
		more, moreErr := filepath.Glob(pattern)
		if docs = append(docs, more...); moreErr != nil {
			err = moreErr
		}
	}
	if err != nil || len(docs) < 10 {
		t.Fatalf("only %d doc.go (%v)", len(docs), err)
	}
	for _, doc := range docs {
		for _, name := range source.FindAllString(link.ReplaceAllString(read(t, doc), ""), -1) {
			there(t, doc, filepath.Join(filepath.Dir(doc), name))
		}
	}
	quoted := regexp.MustCompile("`[\\w.*/-]+/[\\w.*/-]+`")
	for _, document := range []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"} {
		for _, path := range quoted.FindAllString(read(t, document), -1) {
			path = strings.Trim(path, "`")
			if filepath.IsAbs(path) || strings.Contains(path, "NAME") || strings.Index(path, ".org/") > 0 {
				continue // no file of ours
			}
			there(t, document, path)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// there tells of a name, which may have stars in it, that no file has.
func there(t *testing.T, in, name string) {
	t.Helper()
	if found, err := filepath.Glob(name); err != nil || len(found) == 0 {
		t.Errorf("%s names %s, which is not there", in, name)
	}
}
