package graph_test

import "flag"

// More tries than rapid's own hundred: the graphs are small, and cheap.
func init() { flag.Set("rapid.checks", "500") }
