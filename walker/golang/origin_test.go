package golang

import (
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

func TestPackageOf(t *testing.T) {
	for fn, want := range map[string]string{
		"main.main":                                    "main",
		"net/http.(*conn).serve":                       "net/http",
		"gopkg.in/yaml%2ev3.Unmarshal":                 "gopkg.in/yaml.v3",
		"golang.org/x/sync/errgroup.(*Group).Go.func1": "golang.org/x/sync/errgroup",
		"main.f[...]":                                  "main",
		"main.Map[go.shape.int,a/b.T].func1":           "main",
		"_rt0_amd64":                                   "",
		"":                                             "",
	} {
		if got := packageOf(fn); got != want {
			t.Errorf("the package of %q is %q, want %q", fn, got, want)
		}
	}
}

func TestOrigin(t *testing.T) {
	o := origins{main: []string{"example.com/orders"}, deps: []string{"golang.org/x/sync", "corp/lib"}}
	for pkg, want := range map[string]graph.Origin{
		"main":                                graph.OriginUser,
		"example.com/orders":                  graph.OriginUser,
		"example.com/orders/store":            graph.OriginUser,
		"example.com/orders_test":             graph.OriginUser, // an external test
		"example.com/ordersx":                 graph.OriginLibrary,
		"golang.org/x/sync/errgroup":          graph.OriginLibrary,
		"corp/lib/db":                         graph.OriginLibrary, // no dot, but the build says so
		"net/http":                            graph.OriginStdlib,
		"vendor/golang.org/x/net/http2/hpack": graph.OriginStdlib,
		"runtime":                             graph.OriginRuntime,
		"internal/runtime/maps":               graph.OriginRuntime,
		"runtime/pprof":                       graph.OriginStdlib,
		"plugin/unnamed-0123456789":           graph.OriginUser,
		"":                                    graph.OriginUnknown,
	} {
		if got := o.of(pkg); got != want {
			t.Errorf("the origin of %q is %d, want %d", pkg, got, want)
		}
	}
}

func TestPlumbingIsHidden(t *testing.T) {
	o := origins{}
	for fn, want := range map[string]bool{
		"runtime.gopark":                   true,
		"runtime.(*timers).run":            true,
		"runtime.Gosched":                  false,
		"internal/runtime/maps.(*Map).Get": true,
		"sync.runtime_SemacquireMutex":     true,
		"internal/poll.runtime_pollWait":   true,
		"sync.(*Mutex).Lock":               false,
		"time.Sleep":                       false,
		"main.runtime":                     false,
		"_cgoexp_9a6f67ebd1c8_Start":       true,
	} {
		pkg := packageOf(fn)
		if got := plumbing(fn, pkg, o.of(pkg)); got != want {
			t.Errorf("%s is plumbing: %v, want %v", fn, got, want)
		}
	}
}
