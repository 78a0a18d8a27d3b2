package hang

import (
	"strings"
	"testing"
)

func TestGoTest(t *testing.T) {
	for _, c := range []struct{ packages, flags, goflags, want string }{
		{"./...", "", "", "test|-ldflags=-s=0 -w=0|./..."},
		{"", "-run|X|-race", "", "test|-ldflags=-s=0 -w=0|-run|X|-race"},
		{"./a", "-ldflags=-X a.b=1", "", "test|-ldflags=-s=0 -w=0|-ldflags=-X a.b=1 -s=0 -w=0|./a"},
		{"./a", "--ldflags|-s|-v", "", "test|-ldflags=-s=0 -w=0|-ldflags=-s -s=0 -w=0|-v|./a"},
		{"./a", "-ldflags=all=-X=a.b=1", "", "test|-ldflags=-s=0 -w=0|-ldflags=all=-X=a.b=1 -s=0 -w=0|./a"},
		{"./a", "", "-p=2 -ldflags=-w", "test|-ldflags=-s=0 -w=0|-ldflags=-w -s=0 -w=0|./a"},
		{"./a", "-v|-args|-ldflags=-x", "", "test|-ldflags=-s=0 -w=0|-v|./a|-args|-ldflags=-x"},
		{"./a", "-ldflags", "", "test|-ldflags=-s=0 -w=0|-ldflags|./a"}, // go says what is missing
	} {
		got := strings.Join(GoTest(split(c.packages), split(c.flags), c.goflags), "|")
		if got != c.want {
			t.Errorf("%s, %s, %s:\n%s, want\n%s", c.packages, c.flags, c.goflags, got, c.want)
		}
	}
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

func TestTestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"/tmp/x.test -test.paniconexit0 -test.timeout=10m0s": "10m0s true",
		"/tmp/x.test --test.timeout=3s -test.run=X":          "3s true",
		"/tmp/x.test -test.v":                                "0s true",
		"/tmp/x.test -test.timeout=soon":                     "0s true",
		"server -test":                                       "0s false",
		"go test ./... -run -test":                           "0s false",
	} {
		timeout, ok := testFlags(strings.Fields(args))
		if got := timeout.String() + " " + map[bool]string{true: "true", false: "false"}[ok]; got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}
