package hang

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Annotate writes a hang as GitHub's runner understands it, at the line where
// the first test stands. root is the directory that the repository's files are
// named from: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
func (h *Hang) Annotate(w io.Writer, root string) error {
	var where []string
	if at := h.Tests[0].At; at != nil {
		file := at.File
		if rel, err := filepath.Rel(root, file); root != "" && err == nil && filepath.IsLocal(rel) {
			file = filepath.ToSlash(rel)
		}
		where = append(where, "file="+property(file), fmt.Sprintf("line=%d", at.Line))
	}
	where = append(where, "title="+property(name(h.Tests[0])+" "+h.verb()))
	_, err := fmt.Fprintf(w, "::error %s::%s\n", strings.Join(where, ","), message(h.Cause()+" ("+h.Name+")"))
	return err
}

// message escapes what ends a workflow command.
func message(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes what ends one of its properties.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(message(s))
}
