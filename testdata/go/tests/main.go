// Program tests runs tests, as a test binary does, that do not end.
//
// A correct reader says that
//
//	main awaits the test TestAll, which awaits TestAll/one_by_one, which awaits
//	    TestAll/one_by_one/inner
//	TestAll/one_by_one/inner receives from a channel
//	TestAll/aside, which TestAll runs in a goroutine of its own, has returned, and
//	    awaits TestAll/aside/left; TestAll/aside/right runs beside that
package main

import (
	"flag"
	"testing"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func inner(*testing.T) { <-never }

//go:noinline
func beside(t *testing.T) {
	t.Parallel()
	<-never
}

func all(t *testing.T) {
	go t.Run("aside", func(t *testing.T) {
		t.Run("left", beside)
		t.Run("right", beside)
	})
	t.Run("one by one", func(t *testing.T) { t.Run("inner", inner) })
}

func main() {
	testing.Init()
	flag.Parse()
	if err := flag.Set("test.parallel", "2"); err != nil {
		panic(err)
	}
	ready.When(
		ready.Parked(1, "chan receive", "main.inner"),
		ready.Parked(2, "chan receive", "main.beside"),
		ready.Parked(1, "chan receive", "testing.tRunner.func1"),
	)
	matches := func(_, _ string) (bool, error) { return true, nil }
	testing.Main(matches, []testing.InternalTest{{Name: "TestAll", F: all}}, nil, nil)
}
