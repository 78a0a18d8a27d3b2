package dlvext

import "encoding/binary"

// decoder reads bytes in order. After a read past the end bad is set, and
// every read gives zero.
type decoder struct {
	data []byte
	pos  int
	bad  bool
}

func (c *decoder) skip(n uint64) {
	if c.bad || n > uint64(len(c.data)-c.pos) {
		c.bad, c.pos = true, len(c.data)
		return
	}
	c.pos += int(n)
}

func (c *decoder) uint(n int) uint64 {
	if c.bad || n < 0 || n > len(c.data)-c.pos {
		c.bad, c.pos = true, len(c.data)
		return 0
	}
	b := c.data[c.pos : c.pos+n]
	c.pos += n
	switch n {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	case 8:
		return binary.LittleEndian.Uint64(b)
	}
	var v uint64
	for i, x := range b[:min(n, 8)] {
		v |= uint64(x) << (8 * i)
	}
	return v
}

func (c *decoder) uleb() uint64 {
	var v uint64
	for shift := 0; c.pos < len(c.data); shift += 7 {
		b := c.data[c.pos]
		c.pos++
		if shift < 64 {
			v |= uint64(b&0x7f) << shift
		}
		if b&0x80 == 0 {
			return v
		}
	}
	c.bad = true
	return 0
}

// sleb passes over a signed number, whose value no name needs.
func (c *decoder) sleb() { c.uleb() }

func (c *decoder) string() []byte {
	start := c.pos
	for i, b := range c.data[start:] {
		if b == 0 {
			c.pos = start + i + 1
			return c.data[start : start+i]
		}
	}
	c.bad, c.pos = true, len(c.data)
	return nil
}
