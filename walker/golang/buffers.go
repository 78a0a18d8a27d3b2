package golang

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
