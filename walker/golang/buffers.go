package golang

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// bufioLayout is bufio.Reader and bufio.Writer:
// https://github.com/golang/go/blob/go1.26.0/src/bufio/bufio.go#L32
type bufioLayout struct {
	readerSize, writerSize int
	readerBuf, r, w        field
	writerBuf, n           field
}

func newBufioLayout(ts *resolver) bufioLayout {
	r, w := ts.optional("bufio.Reader"), ts.optional("bufio.Writer")
	return bufioLayout{
		readerSize: r.size(), readerBuf: r.maybe("buf"), r: r.maybe("r"), w: r.maybe("w"),
		writerSize: w.size(), writerBuf: w.maybe("buf"), n: w.maybe("n"),
	}
}

// buffer is the bufio.Reader or Writer that a goroutine reads or writes by.
type buffer struct {
	writer bool
	size   int64
	r, w   int64 // what is unread is between them; of a Writer w is how much there is
	data   uint64
	bytes  string // with the option Locals, and without Redact
}

// Bounds of what is read of buffers.
const (
	maxBuffers  = 20_000
	maxBuffered = 256 // bytes of one that are shown
)

// readBuffers finds the buffers of goroutines that wait for the network or a
// file: a live word of the innermost frame of a method of bufio.Reader's or
// Writer's whose numbers fit.
func (c *collection) readBuffers() {
	l := &c.lay.bufio
	type place struct {
		g      *goroutine
		addr   uint64
		writer bool
	}
	var places []place
	var readers, writers []uint64
	for _, g := range c.inWait(graph.WaitNetwork) {
		if len(places) >= maxBuffers {
			break
		}
		for _, f := range c.framesOf(g) {
			if f.Func == nil {
				continue
			}
			reads, writes := strings.HasPrefix(f.Func.Name, "bufio.(*Reader)."), strings.HasPrefix(f.Func.Name, "bufio.(*Writer).")
			if !reads && !writes {
				continue
			}
			for _, v := range c.liveWords(g, f) {
				places = append(places, place{g, v, writes})
				if writes {
					writers = append(writers, v)
				} else {
					readers = append(readers, v)
				}
			}
			break
		}
	}
	found := map[uint64]buffer{}
	if l.r.size > 0 && l.readerBuf.size == 24 {
		c.any(readers, l.readerSize, func(addr uint64, b []byte) {
			k := buffer{r: int64(l.r.of(b)), w: int64(l.w.of(b)), data: word(b[l.readerBuf.off:], 0), size: int64(word(b[l.readerBuf.off:], 1))}
			if k.fits(word(b[l.readerBuf.off:], 2)) {
				found[addr] = k
			}
		})
	}
	if l.n.size > 0 && l.writerBuf.size == 24 {
		c.any(writers, l.writerSize, func(addr uint64, b []byte) {
			k := buffer{writer: true, w: int64(l.n.of(b)), data: word(b[l.writerBuf.off:], 0), size: int64(word(b[l.writerBuf.off:], 1))}
			if k.fits(word(b[l.writerBuf.off:], 2)) {
				found[addr] = k
			}
		})
	}
	for _, p := range places {
		if k, ok := found[p.addr]; ok && k.writer == p.writer {
			if c.options.Locals && !c.options.Redact {
				k.bytes = c.buffered(k)
			}
			c.buffers[p.g] = k
		}
	}
}

// fits tells whether numbers could be a buffer's of that capacity.
func (k buffer) fits(capacity uint64) bool {
	return k.data != 0 && k.size > 0 && uint64(k.size) <= capacity && capacity < 1<<32 && k.r >= 0 && k.r <= k.w && k.w <= k.size
}

// buffered are the first of the bytes that are in a buffer.
func (c *collection) buffered(k buffer) string {
	n := min(k.w-k.r, maxBuffered)
	if n <= 0 {
		return ""
	}
	b, err := c.read(k.data+uint64(k.r), int(n))
	if err != nil {
		return ""
	}
	text := strconv.Quote(string(b))
	if n < k.w-k.r {
		text += "…"
	}
	return text
}

// describeBuffer says of a task what is in its buffer.
func (w *walk) describeBuffer(t *graph.Task, g *goroutine) {
	k, ok := w.buffers[g]
	if !ok {
		return
	}
	if k.writer {
		t.Detail = append(t.Detail, graph.Attr{Key: "bufio.Writer", Value: fmt.Sprintf("%d of %d bytes buffered", k.w, k.size)})
	} else {
		t.Detail = append(t.Detail, graph.Attr{Key: "bufio.Reader", Value: fmt.Sprintf("%d of %d bytes unread (r %d, w %d)", k.w-k.r, k.size, k.r, k.w)})
	}
	if k.bytes != "" {
		t.Detail = append(t.Detail, graph.Attr{Key: "buffered", Value: k.bytes})
	}
}
