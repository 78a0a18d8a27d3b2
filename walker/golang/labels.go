package golang

import "github.com/dlv-async/dlv-async/dlvext"

// labelLayout is what g.labels points to: a list of pairs of strings, since
// Go 1.24. Before, it was a map.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/pprof/label.go#L16
type labelLayout struct {
	list field
	old  labelMapLayout
}

func newLabelLayout(ts *resolver) labelLayout {
	l := labelLayout{list: ts.optional("runtime/pprof.labelMap").maybe("LabelSet.list", "Set.List")}
	if l.list.size == 0 {
		l.old = newLabelMapLayout(ts)
	}
	return l
}

// maxLabels bounds the labels of one goroutine.
const maxLabels = 256

// labelSize is the size of a label: its key and value.
const labelSize = 32

// readLabels reads the pprof labels of goroutines, each set once: goroutines
// share those they were started with.
func (c *collection) readLabels() {
	l := c.lay.labels.list
	var addrs []uint64
	for _, g := range c.having.labels {
		addrs = append(addrs, g.labels+uint64(l.off))
		c.unlabelled[g.labels] = true
	}
	if l.size == 0 {
		c.readLabelMaps(addrs)
		return
	}
	var sets []uint64
	var lists []dlvext.Range
	c.each(addrs, 16, func(addr uint64, b []byte) {
		switch n := word(b, 1); {
		case n == 0:
			c.labelled(addr-uint64(l.off), nil, true)
		case n <= maxLabels:
			sets = append(sets, addr-uint64(l.off))
			lists = append(lists, dlvext.Range{Addr: word(b, 0), Len: int(n) * labelSize})
		}
	})
	for i, b := range c.many(lists) {
		set, whole := map[string]string{}, b != nil
		for ; len(b) >= labelSize; b = b[labelSize:] {
			key, value := c.stringAt(b), c.stringAt(b[16:])
			if key != "" {
				set[key] = value
			}
			whole = whole && (key != "" || word(b, 1) == 0) && (value != "" || word(b, 3) == 0)
		}
		c.labelled(sets[i], set, whole)
	}
}

// labelled notes the labels that an address leads to, and whether these are
// all of them.
func (c *collection) labelled(addr uint64, set map[string]string, whole bool) {
	c.labels[addr] = set
	if whole {
		delete(c.unlabelled, addr)
	}
}
