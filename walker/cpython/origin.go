package cpython

import (
	"path"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// origins tells whose code a file is.
type origins struct {
	stdlib []string // directories of the standard library
}

// findOrigins takes the standard library's directory from a module that every
// interpreter has imported from a file: os, or encodings where os is frozen.
func (w *walk) findOrigins() {
	for _, in := range w.interps {
		for _, name := range [...]string{"os", "encodings", "asyncio"} {
			dict := w.module(in, name)
			if dict == 0 {
				continue
			}
			dir := path.Dir(w.str(w.r.StrDict(dict, "__file__")))
			if name != "os" {
				dir = path.Dir(dir)
			}
			if dir != "" && dir != "." && dir != "/" {
				w.origins.stdlib = append(w.origins.stdlib, dir+"/")
				break
			}
		}
	}
}

// of says whose the file is: installed packages stand in site-packages, or in
// Debian's dist-packages, whichever directory those are in.
func (o origins) of(file string) graph.Origin {
	switch {
	case file == "":
		return graph.OriginUnknown
	case strings.HasPrefix(file, "<frozen "):
		return graph.OriginStdlib
	case strings.Contains(file, "/site-packages/"), strings.Contains(file, "/dist-packages/"):
		return graph.OriginLibrary
	}
	for _, dir := range o.stdlib {
		if strings.HasPrefix(file, dir) {
			return graph.OriginStdlib
		}
	}
	return graph.OriginUser
}
