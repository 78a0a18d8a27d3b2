package dlvext

import (
	"context"
	"fmt"
	"net/rpc"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-delve/delve/service/rpc2"
)

// rpcMemory reads a target's memory through a headless Delve, which gives
// 64 KB at a time. Pages are kept: the target stands still.
type rpcMemory struct {
	rpc *rpcClient
	ctx context.Context

	mu    sync.Mutex
	pages map[uint64][]byte // by address; nil: it cannot be read
	most  int               // bytes of one call
}

var _ Bulk = (*rpcMemory)(nil)

const (
	rpcPage   = minPage
	rpcAtOnce = 1 << 16     // bytes of one call: rpc2.ExamineMemoryLengthLimit
	rpcAhead  = 4 * rpcPage // what is fetched for a small read: the next one is often near
	rpcCalls  = 16          // under way together
	rpcKept   = 512 << 20   // bytes of pages
)

func newRPCMemory(ctx context.Context, client *rpcClient) *rpcMemory {
	return &rpcMemory{rpc: client, ctx: ctx, pages: map[uint64][]byte{}, most: rpcAtOnce}
}

// Read implements [Memory].
func (m *rpcMemory) Read(addr uint64, buf []byte) error {
	if err := checkRange(addr, len(buf)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fetch([]Range{{Addr: addr, Len: len(buf)}})
	if m.copy(addr, buf) {
		return nil
	}
	why := "not mapped"
	if m.over() {
		why = "Delve has gone"
	}
	return &Fault{Addr: addr, Len: len(buf), Why: why}
}

// ReadMany implements [Bulk].
func (m *rpcMemory) ReadMany(ranges []Range) [][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fetch(ranges)
	out := make([][]byte, len(ranges))
	for i, r := range ranges {
		if checkRange(r.Addr, r.Len) != nil {
			continue
		}
		if at := r.Addr % rpcPage; at+uint64(r.Len) <= rpcPage && r.Len > 0 { // the page's own bytes
			if page := m.pages[r.Addr-at]; page != nil {
				out[i] = page[at : at+uint64(r.Len) : at+uint64(r.Len)]
			}
			continue
		}
		buf := make([]byte, r.Len)
		if m.copy(r.Addr, buf) {
			out[i] = buf
		}
	}
	return out
}

// copy copies from the pages that are there.
func (m *rpcMemory) copy(addr uint64, buf []byte) bool {
	for len(buf) > 0 {
		at := addr % rpcPage
		page := m.pages[addr-at]
		if page == nil {
			return false
		}
		n := copy(buf, page[at:])
		addr, buf = addr+uint64(n), buf[n:]
	}
	return true
}

// pageRun is some pages that follow each other.
type pageRun struct {
	addr uint64
	size int
}

// fetch gets the pages of the ranges that are not there.
func (m *rpcMemory) fetch(ranges []Range) {
	if len(m.pages) > rpcKept/rpcPage {
		clear(m.pages)
	}
	var missing []uint64
	want := func(page uint64) {
		if _, have := m.pages[page]; !have {
			missing = append(missing, page)
		}
	}
	for _, r := range ranges {
		if r.Len == 0 || checkRange(r.Addr, r.Len) != nil {
			continue
		}
		first, last := r.Addr&^(rpcPage-1), (r.Addr+uint64(r.Len)-1)&^(rpcPage-1)
		if first == last { // small: with its neighbours
			first &^= rpcAhead - 1
			last = first + rpcAhead - rpcPage
		}
		for page := first; ; page += rpcPage {
			want(page)
			if page == last {
				break
			}
		}
	}
	slices.Sort(missing)
	m.fetchRuns(joinPages(slices.Compact(missing)))
}

// joinPages joins pages that follow each other, as far as one call gives them.
func joinPages(pages []uint64) (runs []pageRun) {
	for _, page := range pages {
		if last := len(runs) - 1; last >= 0 && runs[last].addr+uint64(runs[last].size) == page && runs[last].size < rpcAtOnce {
			runs[last].size += rpcPage
		} else {
			runs = append(runs, pageRun{page, rpcPage})
		}
	}
	return runs
}

// fetchRuns gets runs of pages, some together. One that cannot be read as a
// whole is read page by page.
func (m *rpcMemory) fetchRuns(runs []pageRun) {
	var single []pageRun
	for len(runs) > 0 && !m.over() {
		batch := runs[:min(rpcCalls, len(runs))]
		runs = runs[len(batch):]
		for i, data := range m.examine(batch) {
			r := batch[i]
			switch {
			case data != nil:
				for at := 0; at < r.size; at += rpcPage {
					m.pages[r.addr+uint64(at)] = data[at : at+rpcPage : at+rpcPage]
				}
			case r.size == rpcPage && !m.over():
				m.pages[r.addr] = nil
			case r.size > rpcPage:
				for at := 0; at < r.size; at += rpcPage {
					single = append(single, pageRun{r.addr + uint64(at), rpcPage})
				}
			}
		}
	}
	if len(single) > 0 {
		m.fetchRuns(single)
	}
}

// over tells that no more can be read, which says nothing of the memory.
func (m *rpcMemory) over() bool { return m.rpc.failed() != nil || m.ctx.Err() != nil }

// examine reads runs together, and returns what each gave; nil: nothing.
func (m *rpcMemory) examine(runs []pageRun) [][]byte {
	out := make([][]byte, len(runs))
	most := m.most
	err := m.readRuns(runs, most, out)
	if limit, ok := lengthLimit(err); ok && limit < most {
		m.most = limit // of an older Delve: 1000 bytes
		_ = m.readRuns(runs, limit, out)
	}
	return out
}

// readRuns makes calls for at most so many bytes each. The error is the last
// call's that had one.
func (m *rpcMemory) readRuns(runs []pageRun, most int, out [][]byte) (err error) {
	type part struct {
		run, size int
		out       rpc2.ExaminedMemoryOut
		call      *rpc.Call
	}
	var parts []*part
	for i, r := range runs {
		out[i] = make([]byte, 0, r.size)
		for at := 0; at < r.size; at += most {
			p := &part{run: i, size: min(most, r.size-at)}
			p.call = m.rpc.begin("ExamineMemory", rpc2.ExamineMemoryIn{Address: r.addr + uint64(at), Length: p.size}, &p.out)
			parts = append(parts, p)
		}
	}
	for _, p := range parts {
		switch failed := m.rpc.await(m.ctx, p.call); {
		case failed != nil:
			err, out[p.run] = failed, nil
			if isRefusal(failed) && strings.Contains(failed.Error(), "can't find method") { // an old Delve
				_ = m.rpc.lose(fmt.Errorf("%w: it is too old to be read through", failed))
			}
		case len(p.out.Mem) != p.size:
			out[p.run] = nil
		case out[p.run] != nil:
			out[p.run] = append(out[p.run], p.out.Mem...)
		}
	}
	return err
}

// lengthLimit is how many bytes a Delve gives at a time that says so.
func lengthLimit(err error) (int, bool) {
	if !isRefusal(err) {
		return 0, false
	}
	_, number, found := strings.Cut(err.Error(), "len must be less than or equal to ")
	limit, convErr := strconv.Atoi(number)
	return limit, found && convErr == nil && limit > 0
}
