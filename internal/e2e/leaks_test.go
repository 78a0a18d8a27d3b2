package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What the runtime's own profile of leaks found is told, and nothing else.
func TestLeakedGoroutines(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "leaks", testtarget.Options{Toolchain: "go1.27.1"}))
	for _, v := range views {
		s := v.see(t, tg)
		var found, problems []string
		for _, task := range s.Tasks {
			for _, a := range task.Detail {
				if a.Key == "reported_as_leaked" {
					found = append(found, task.Name+": "+task.Waits[0].Text)
				}
			}
		}
		for _, p := range s.Problems {
			problems = append(problems, fmt.Sprint(p.Code, " ", len(p.Tasks)))
		}
		if diff := cmp.Diff([]string{"main.leak: chan receive", "main.leak: chan receive"}, found); diff != "" {
			t.Errorf("%s: leaked goroutines (-want +got):\n%s", v.name, diff)
		}
		want := "leak 2"
		if v.name == "gcore" { // it has the heap
			want = "leak 2, held-by-global 1"
		}
		if got := strings.Join(problems, ", "); got != want {
			t.Errorf("%s: the problems are %s, and not %s", v.name, got, want)
		}
		if got := slices.Contains(s.Runtimes[0].LookedFor, "leak"); got != (v.name == "gcore") {
			t.Errorf("%s: whether leaks were looked for is said to be %v", v.name, got)
		}
	}
}
