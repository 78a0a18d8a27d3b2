package dlvext

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/go-delve/delve/service/rpc2"
)

// memoryServer gives memory as a headless Delve does.
type memoryServer struct {
	base, size uint64 // pages of which every fifth cannot be read
	limit      int
	short      bool // it gives less than it was asked for
	calls      atomic.Int64
}

func (s *memoryServer) readable(page uint64) bool {
	return page >= s.base && page < s.base+s.size && page/rpcPage%5 != 0
}

func byteAt(addr uint64) byte { return byte(addr*31 + addr>>12) }

func (s *memoryServer) ExamineMemory(in rpc2.ExamineMemoryIn, out *rpc2.ExaminedMemoryOut) error {
	s.calls.Add(1)
	if in.Length > s.limit {
		return fmt.Errorf("len must be less than or equal to %d", s.limit)
	}
	for addr := in.Address; addr < in.Address+uint64(in.Length); addr++ {
		if !s.readable(addr &^ (rpcPage - 1)) {
			return fmt.Errorf("input/output error")
		}
		out.Mem = append(out.Mem, byteAt(addr))
	}
	if s.short {
		out.Mem = out.Mem[:len(out.Mem)-1]
	}
	return nil
}

// readFrom returns the memory of a server, and its client.
func readFrom(t *testing.T, s *memoryServer) (*rpcMemory, *rpcClient) {
	t.Helper()
	server := rpc.NewServer()
	if err := server.RegisterName("RPCServer", s); err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	go server.ServeCodec(jsonrpc.NewServerCodec(theirs))
	client := &rpcClient{addr: "here", conn: ours, client: jsonrpc.NewClient(ours)}
	t.Cleanup(func() { client.Close() })
	return newRPCMemory(context.Background(), client), client
}

func TestMemoryThroughDelve(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1 << 16, 1000} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			s := &memoryServer{base: 1 << 20, size: 200 * rpcPage, limit: limit}
			m, _ := readFrom(t, s)
			random := rand.New(rand.NewPCG(1, uint64(limit)))
			var ranges []Range
			for range 400 {
				ranges = append(ranges, Range{Addr: s.base - 3*rpcPage + random.Uint64N(s.size+6*rpcPage), Len: random.IntN(3 * rpcPage)})
			}
			ranges = append(ranges, Range{Addr: s.base + rpcPage, Len: 0}, Range{Addr: ^uint64(0) - 8, Len: 8}, Range{Addr: ^uint64(0), Len: 2}, Range{Addr: s.base, Len: -1})
			for i, got := range m.ReadMany(ranges) {
				checkRead(t, s, ranges[i], got)
			}
			before := s.calls.Load()
			for _, r := range ranges {
				buf := make([]byte, max(r.Len, 0))
				if err := m.Read(r.Addr, buf); err != nil {
					buf = nil
				}
				if r.Len >= 0 {
					checkRead(t, s, r, buf)
				}
			}
			if more := s.calls.Load() - before; more != 0 {
				t.Errorf("what was read is read again, in %d calls", more)
			}
		})
	}
}

func checkRead(t *testing.T, s *memoryServer, r Range, got []byte) {
	t.Helper()
	var want []byte
	readable := r.Len >= 0 && r.Addr+uint64(max(r.Len, 0)) >= r.Addr
	for i := range max(r.Len, 0) {
		addr := r.Addr + uint64(i)
		readable = readable && s.readable(addr&^(rpcPage-1))
		want = append(want, byteAt(addr))
	}
	if readable != (got != nil) || readable && !bytes.Equal(got, want) {
		t.Errorf("%d bytes at %#x: readable %v, and read are %d", r.Len, r.Addr, readable, len(got))
	}
}

// A Delve that gives too little, or goes away, gives nothing: no byte is made up.
func TestMemoryThroughADelveThatFails(t *testing.T) {
	t.Parallel()
	s := &memoryServer{base: 1 << 20, size: 50 * rpcPage, limit: 1 << 16, short: true}
	m, client := readFrom(t, s)
	all := []Range{{s.base + rpcPage, 8}, {s.base + 7*rpcPage, 3 * rpcPage}}
	if got := m.ReadMany(all); slices.ContainsFunc(got, func(b []byte) bool { return b != nil }) {
		t.Errorf("of answers that are too short %d and %d bytes are taken", len(got[0]), len(got[1]))
	}
	client.Close()
	m.pages = map[uint64][]byte{}
	if got := m.ReadMany(all); slices.ContainsFunc(got, func(b []byte) bool { return b != nil }) || client.failed() == nil {
		t.Errorf("a connection that was closed gives %d and %d bytes, and no error", len(got[0]), len(got[1]))
	}
	if len(m.pages) != 0 {
		t.Error("what could not be asked is taken to be unreadable")
	}
}
