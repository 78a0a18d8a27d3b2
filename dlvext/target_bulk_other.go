//go:build !linux

package dlvext

import "github.com/go-delve/delve/pkg/proc"

// bulkReader is there on Linux alone.
type bulkReader struct{}

func newBulkReader(*proc.Target) *bulkReader { return nil }

func (*bulkReader) readMany([]Range) ([][]byte, bool) { return nil, false }
