package e2e

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Who serves a request is told, and since when at least: the moment of a
// recording is put an hour later, which is how old the requests have become.
func TestRequests(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "server", testtarget.Options{}))
	var file bytes.Buffer
	if _, err := snapshot.Attach(t.Context(), tg.PID, snapshot.Options{Record: &file, MaxStop: patience}); err != nil {
		t.Fatal(err)
	}
	img, err := dlvext.OpenRecording(&file)
	if err != nil {
		t.Fatal(err)
	}
	img.CapturedAt = img.CapturedAt.Add(time.Hour)
	s, err := snapshot.Of(t.Context(), img, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]int{}
	for _, task := range s.Tasks {
		for _, a := range task.Detail {
			switch a.Key {
			case graph.DetailServes:
				served[a.Value.(string)]++
			case graph.DetailRequestAge:
				if age := a.Value.(time.Duration); age < time.Hour-2*time.Second || age > time.Hour+patience {
					t.Errorf("%s serves a request that came %v ago", task.ID, age)
				}
				served["with an age"]++
			}
		}
	}
	if len(served) != 2 || served["an HTTP request"] != 7 || served["with an age"] != 7 {
		t.Errorf("served are %v", served)
	}
	var out strings.Builder
	if err := render.Requests(&out, s, render.Options{Width: 1000}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Requests  7 HTTP requests; the oldest came at least", "3x  main.(*pool).get ", "2x  main.(*stock).ServeHTTP ", "2x  main.(*shop).order "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}
