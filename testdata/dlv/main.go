// Program dlv is Delve itself, of the version that this module uses, without
// the documentation that it writes of itself. Tests have it hold processes and
// cores for dlv-async to connect to, and compare its prompt with ours.
package main

import (
	"os"

	"github.com/go-delve/delve/cmd/dlv/cmds"
)

func main() {
	if cmds.New(false).Execute() != nil {
		os.Exit(1)
	}
}
