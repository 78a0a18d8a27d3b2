package dlvext

import (
	"fmt"
	"os"

	"github.com/go-delve/delve/pkg/proc"
)

// bulkReader reads many places of a stopped target at once.
type bulkReader struct{ vm *vmReader }

// newBulkReader returns nil where the target is no process of this machine that
// this one traces: Delve may run it elsewhere, or have it be a core.
func newBulkReader(t *proc.Target) *bulkReader {
	status, err := readStatus(t.Pid())
	if err != nil || status.tracer == 0 {
		return nil
	}
	// What traces is a thread.
	if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", status.tracer)); err != nil {
		return nil
	}
	return &bulkReader{&vmReader{tid: t.Pid()}}
}

func (b *bulkReader) readMany(ranges []Range) ([][]byte, bool) {
	size := 0
	for _, r := range ranges {
		if checkRange(r.Addr, r.Len) == nil {
			size += r.Len
		}
	}
	if size > maxRead {
		return nil, false
	}
	buf := make([]byte, size)
	transfers := make([]transfer, 0, len(ranges))
	for i, r := range ranges {
		if checkRange(r.Addr, r.Len) != nil {
			continue
		}
		if r.Len > 0 {
			transfers = append(transfers, transfer{addr: r.Addr, dst: buf[:r.Len:r.Len], first: int32(i)})
		}
		buf = buf[r.Len:]
	}
	if b.vm.copyAll(transfers, ungated{}) != nil {
		return nil, false
	}
	out := make([][]byte, len(ranges))
	for i, r := range ranges {
		if r.Len == 0 {
			out[i] = []byte{}
		}
	}
	for _, t := range transfers {
		if t.ok {
			out[t.first] = t.dst
		}
	}
	return out, true
}
