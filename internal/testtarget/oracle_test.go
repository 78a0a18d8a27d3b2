package testtarget

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseStack(t *testing.T) {
	const dump = `goroutine 1 [chan receive, 12 minutes, locked to thread]:
main.(*server[...]).run(0x1, {0x2, 0x3})
	/src/with space/main.go:12 +0x1d
main.main()
	/src/main.go:7 +0x20

goroutine 7 [sync.Mutex.Lock] {name: "a: b"}:
main.f.func1(...)
	/src/main.go:3
...additional frames elided...
created by main.f in goroutine 1
	/src/main.go:2 +0x4
`
	got, err := ParseStack(dump)
	if err != nil {
		t.Fatal(err)
	}
	want := []Goroutine{
		{
			ID: 1, State: "chan receive", Minutes: 12, Locked: true,
			Frames: []Call{{"main.(*server[...]).run", "/src/with space/main.go", 12}, {"main.main", "/src/main.go", 7}},
		},
		{
			ID: 7, State: "sync.Mutex.Lock", Elided: true,
			Frames:  []Call{{"main.f.func1", "/src/main.go", 3}},
			Created: &Call{"main.f", "/src/main.go", 2}, Creator: 1,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
