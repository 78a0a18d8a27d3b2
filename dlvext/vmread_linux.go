package dlvext

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// vmReader reads the memory of a process that runs or stands still.
type vmReader struct {
	tid int      // of a thread of the process
	mem *os.File // /proc/TID/mem: for kernels and containers that have no process_vm_readv; nil where it works
}

// transfer is a run of memory to be copied, which serves the ranges from first
// on of those that somebody asked for; ok tells that all of it was copied.
// There may be millions.
type transfer struct {
	addr               uint64
	dst                []byte
	size, first, count int32 // size: of dst, before there is one
	ok                 bool
}

// errGone is a process that has ended, or become another program.
var errGone = errors.New("it has ended")

// maxIovecs is what the kernel takes in one call (UIO_MAXIOV), and maxBatch
// the bytes that this package gives it at once: 4 MB take a millisecond, and
// what the last call of a stop brings is lost when its time is over.
const (
	maxIovecs = 1024
	maxBatch  = 4 << 20
)

// newVMReader opens the process's memory and tells whether it can be read:
// probe is an address at which something is mapped.
func newVMReader(tid int, probe uint64) (*vmReader, error) {
	r := &vmReader{tid: tid}
	var b [1]byte
	err := r.Read(probe, b[:])
	if err == nil || !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EPERM) {
		return r, err
	}
	// A container's filter may refuse the call and let the file be read.
	mem, openErr := os.Open(fmt.Sprintf("/proc/%d/mem", tid))
	if openErr != nil {
		return nil, openErr
	}
	r.mem = mem
	return r, r.Read(probe, b[:])
}

// Close gives the process's memory back.
func (r *vmReader) Close() error {
	if r.mem == nil {
		return nil
	}
	return r.mem.Close()
}

// Read reads the process as it runs: what it returns may be torn.
func (r *vmReader) Read(addr uint64, buf []byte) error {
	if err := checkRange(addr, len(buf)); err != nil {
		return err
	}
	if len(buf) == 0 {
		return nil
	}
	t := []transfer{{addr: addr, dst: buf}}
	if err := r.copyAll(t, ungated{}); err != nil {
		return fmt.Errorf("cannot read %d bytes at %#x: %w", len(buf), addr, err)
	}
	if !t[0].ok {
		return &Fault{Addr: addr, Len: len(buf), Why: "not mapped"}
	}
	return nil
}

// gate is passed by each call that reads a process: enter before it, which
// refuses when there are to be no more, and leave after, which tells whether what it
// brought may be used.
type gate interface {
	enter() bool
	leave() bool
}

// ungated is a gate that lets everybody in.
type ungated struct{}

func (ungated) enter() bool { return true }
func (ungated) leave() bool { return true }

// copyAll makes the transfers and marks those that succeeded, until the gate
// is shut. The error is for what stands against all of them.
func (r *vmReader) copyAll(ts []transfer, g gate) error {
	if r.mem != nil {
		return r.copyFile(ts, g)
	}
	var (
		local  [maxIovecs]unix.Iovec
		remote [maxIovecs]unix.RemoteIovec
	)
	for i, off := 0, 0; i < len(ts); { // off: what of ts[i] was copied
		count, bytes := 0, 0
		for j, skip := i, off; j < len(ts) && count < maxIovecs && bytes < maxBatch; j, skip = j+1, 0 {
			n := min(len(ts[j].dst)-skip, maxBatch-bytes)
			local[count].Base = &ts[j].dst[skip]
			local[count].SetLen(n)
			remote[count] = unix.RemoteIovec{Base: uintptr(ts[j].addr) + uintptr(skip), Len: n}
			count, bytes = count+1, bytes+n
		}
		if !g.enter() {
			break
		}
		n, err := unix.ProcessVMReadv(r.tid, local[:count], remote[:count], 0)
		switch {
		case !g.leave():
			return nil
		case err == unix.EFAULT:
			n = 0
		case err == unix.ESRCH:
			return errGone
		case err != nil:
			return err
		}
		short := n < bytes
		for n > 0 {
			part := min(n, len(ts[i].dst)-off)
			n, off = n-part, off+part
			if off == len(ts[i].dst) {
				ts[i].ok = true
				i, off = i+1, 0
			}
		}
		if short { // the next byte is the one that cannot be read
			i, off = i+1, 0
		}
	}
	return nil
}

// copyFile is copyAll by one pread each.
func (r *vmReader) copyFile(ts []transfer, g gate) error {
	for i := range ts {
		if !g.enter() {
			break
		}
		n, err := r.mem.ReadAt(ts[i].dst, int64(ts[i].addr))
		if !g.leave() {
			break
		}
		ts[i].ok = n == len(ts[i].dst)
		if n == 0 && err == io.EOF { // what is not mapped is EIO
			return errGone
		}
	}
	return nil
}
