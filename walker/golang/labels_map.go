package golang

// labelMapLayout is the map[string]string that g.labels points to a pointer
// of, up to Go 1.23: https://github.com/golang/go/blob/go1.23.0/src/runtime/map.go#L117
type labelMapLayout struct {
	size                int
	count, logBuckets   field
	buckets, oldBuckets field
}

// A bucket of a map[string]string: a byte of each key's hash, the keys, the
// values, and the bucket that follows.
const (
	bucketSlots = 8
	bucketSize  = bucketSlots + 2*bucketSlots*16 + 8
	slotInUse   = 5 // hashes below this are of slots without a key
)

func newLabelMapLayout(ts *resolver) labelMapLayout {
	m := ts.optional("runtime.hmap")
	return labelMapLayout{
		size: m.size(), count: m.maybe("count"), logBuckets: m.maybe("B"),
		buckets: m.maybe("buckets"), oldBuckets: m.maybe("oldbuckets"),
	}
}

// maxLabelBuckets bounds the buckets of a map of labels: those of maxLabels
// labels, and as many again that overflow.
const maxLabelBuckets = 2 * maxLabels / bucketSlots

// readLabelMaps reads the labels of goroutines where they are maps, from the
// addresses of the pointers to them.
func (c *collection) readLabelMaps(addrs []uint64) {
	l := &c.lay.labels.old
	sets := map[uint64][]uint64{} // by address of the map
	var maps []uint64
	c.each(addrs, 8, func(addr uint64, b []byte) {
		m := le.Uint64(b)
		sets[m] = append(sets[m], addr)
		maps = append(maps, m)
	})
	c.each(maps, l.size, func(addr uint64, b []byte) {
		n, buckets := l.count.of(b), uint64(1)<<min(l.logBuckets.of(b), 63)
		if n > maxLabels || buckets > maxLabelBuckets || l.oldBuckets.of(b) != 0 {
			return
		}
		set := map[string]string{}
		left := maxLabelBuckets
		for i := range buckets {
			next := l.buckets.of(b) + i*bucketSize
			for ; next != 0 && left > 0; left-- {
				bucket, err := c.read(next, bucketSize)
				if err != nil {
					return
				}
				c.labelsIn(bucket, set)
				next = le.Uint64(bucket[bucketSize-8:])
			}
		}
		for _, s := range sets[addr] {
			c.labelled(s, set, uint64(len(set)) == n)
		}
	})
}

// labelsIn takes the labels out of a bucket.
func (c *collection) labelsIn(bucket []byte, set map[string]string) {
	keys, values := bucket[bucketSlots:], bucket[bucketSlots+bucketSlots*16:]
	for i := range bucketSlots {
		if bucket[i] < slotInUse {
			continue
		}
		if key := c.stringAt(keys[i*16:]); key != "" {
			set[key] = c.stringAt(values[i*16:])
		}
	}
}
