package e2e

import (
	"go/version"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// elsewhere are the programs that tests of their own look at, on every release
// from the given one on, and not TestFixtures.
var elsewhere = map[string]string{
	"ancestors":  "",       // TestRecordedAncestors
	"churn":      "",       // TestStoppedAnywhere, TestNobodyLeaksInAChurn
	"holders":    "",       // TestHoldersAreThoseThatHold
	"reach":      "",       // TestWhoCanBeReached
	"semaphores": "",       // TestChannelsAsSemaphores
	"transports": "",       // TestTransports
	"leaks":      "go1.26", // TestLeakedGoroutines; TestGoLeaks for 1.26, where it is an experiment
}

// The table of docs/go.md has every fixture, and says of every release what is
// tested: no more, and no less.
func TestTableOfConstructs(t *testing.T) {
	since := map[string]string{}
	for program, first := range elsewhere {
		since[program] = first
	}
	for _, f := range fixtures {
		since[f.program] = f.since
	}
	releases, rows := constructs(t)
	var want []string
	for _, toolchain := range slices.Concat(testtarget.Older, testtarget.Toolchains) {
		want = append(want, strings.TrimPrefix(version.Lang(toolchain), "go"))
	}
	if !slices.Equal(releases, want) {
		t.Errorf("the table has the releases %v, and those tested are %v", releases, want)
	}
	listed := map[string]bool{}
	for _, row := range rows {
		first := ""
		for _, program := range row.programs {
			f, tested := since[program]
			if !tested {
				t.Errorf("%s: no test looks at the program %s on every release", row.construct, program)
			}
			if listed[program] = true; version.Compare(f, first) > 0 {
				first = f
			}
		}
		for i, says := range row.says {
			tested := "yes"
			if version.Compare("go"+releases[i], first) < 0 {
				tested = "–" // that release does not have it
			}
			if says != tested {
				t.Errorf("%s, Go %s: the table says %q, and it is %q", row.construct, releases[i], says, tested)
			}
		}
	}
	for program := range since {
		if !listed[program] {
			t.Errorf("the table does not have the program %s", program)
		}
	}
}

// construct is a row of the table.
type construct struct {
	construct string
	programs  []string
	says      []string // of each release
}

// constructs reads the table, without its footnotes.
func constructs(t *testing.T) (releases []string, rows []construct) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testtarget.Root(t), "docs", "go.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## Constructs by Go version")
	section, _, _ = strings.Cut(section, "\n## ")
	section = strings.NewReplacer("¹", "", "²", "", "³", "", "⁴", "", "⁵", "").Replace(section)
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case len(cells) < 3 || strings.HasPrefix(cells[0], "---"):
		case releases == nil:
			releases = cells[2:]
		case len(cells) != len(releases)+2:
			t.Fatalf("a row of the table has %d cells: %s", len(cells), line)
		default:
			rows = append(rows, construct{cells[0], strings.Split(strings.TrimSuffix(cells[1], " with cgo"), ", "), cells[2:]})
		}
	}
	if len(rows) == 0 {
		t.Fatal("the table was not found")
	}
	return releases, rows
}
