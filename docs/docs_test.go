package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every code that the program can print is explained, and no other is.
func TestProblemsAreThoseOfTheSource(t *testing.T) {
	literal := regexp.MustCompile(`(?:\bCode:\s*|\bcode[A-Z]\w*\s*=\s*)"([^"]*)"`)
	made := map[string]string{} // a code's file
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, match := range literal.FindAllStringSubmatch(string(source), -1) {
			made[match[1]] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for _, p := range Problems() {
		explained = append(explained, p.Code)
		if made[p.Code] == "" {
			t.Errorf("problems.md explains %s, which nothing finds", p.Code)
		}
		if p.Summary == "" || len(p.Summary) > 120 {
			t.Errorf("%s: its first sentence is no summary: %q", p.Code, p.Summary)
		}
		for _, part := range []string{"\n\n### Example\n\n```\n", "\n```\n\n### What to do\n\n", "\n\n### How it can be wrong\n\n"} {
			before, after, found := strings.Cut(p.Text, part)
			if !found || strings.TrimSpace(before) == "" || strings.TrimSpace(after) == "" {
				t.Errorf("%s: it has no part %q", p.Code, strings.TrimSpace(part))
			}
		}
	}
	for code, path := range made {
		if !slices.Contains(explained, code) {
			t.Errorf("%s finds %s, which problems.md does not explain", path, code)
		}
	}
}
