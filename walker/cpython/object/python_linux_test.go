package object

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// objects is what testdata/python/objects.py tells of itself.
type objects struct {
	Reprs      [][3]string
	Attributes []row[map[string]jsonAddress]
	Strings    []row[[]rune]
	Ints       [][4]any
	Floats     [][3]string
	Members    [][4]any
	Dicts      []row[[][2]jsonAddress]
	Types      [][5]any
	Cells      [][4]any
	Traceback  [4]any
}

// row is the name of an object, its address, and what is said of it.
type row[T any] struct {
	name string
	at   Ref
	says T
}

func (r *row[T]) UnmarshalJSON(b []byte) error {
	var at jsonAddress
	err := json.Unmarshal(b, &[]any{&r.name, &at, &r.says})
	r.at = Ref(at)
	return err
}

// jsonAddress is an address in JSON.
type jsonAddress uint64

func (a *jsonAddress) UnmarshalJSON(b []byte) error {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(s, 0, 64)
	*a = jsonAddress(n)
	return err
}

// target is a started objects.py.
type target struct {
	process *testtarget.Target
	img     *dlvext.Image
	layout  *layout.Layout
	says    objects
}

// eachPython starts objects.py on every Python there is.
func eachPython(t *testing.T, f func(t *testing.T, tg *target)) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			f(t, startObjects(t, p))
		})
	}
}

func startObjects(t testing.TB, p testtarget.Python) *target {
	t.Helper()
	process := testtarget.StartPython(t, p, "objects.py")
	process.Command(t, "objects")
	b, err := os.ReadFile(filepath.Join(process.Dir, "objects.json"))
	if err != nil {
		t.Fatal(err)
	}
	tg := &target{process: process}
	if err := json.Unmarshal(b, &tg.says); err != nil {
		t.Fatal(err)
	}
	opened, err := dlvext.OpenProcess(process.PID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	tg.img = opened.Image()
	tg.layout = tableOf(t, p.Minor)
	return tg
}
