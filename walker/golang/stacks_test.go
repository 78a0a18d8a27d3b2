package golang

import "testing"

// Of a capture that is cut, what is missing is some of the many that are alike: the
// stacks of those that run, or wait as few do, are read first.
func TestStacksOfTheFewComeFirst(t *testing.T) {
	const many, few = 7, 8 // reasons
	c := &collection{waiting: make([][]*goroutine, maxReasons)}
	add := func(status uint32, reason uint8) {
		g := &goroutine{id: uint64(len(c.goroutines)), status: status, reason: reason, lo: 0x1000, sp: 0x1800, hi: 0x2000, seldom: &nothing}
		c.goroutines = append(c.goroutines, g)
		if parked(status) {
			c.waiting[reason] = append(c.waiting[reason], g)
		} else {
			c.unparked = append(c.unparked, g)
		}
	}
	for range 50 {
		add(gWaiting, many)
	}
	add(gWaiting, few)
	add(gRunning, 0)
	for range 50 {
		add(gWaiting, many)
	}
	c.goroutines[3].sp = 0 // not known

	used, owners := c.usedStacks()
	if len(used) != len(c.goroutines)-1 || len(owners) != len(used) {
		t.Fatalf("%d stacks of %d owners, of %d goroutines", len(used), len(owners), len(c.goroutines))
	}
	if owners[0].id != 51 || owners[1].id != 50 {
		t.Errorf("the first stacks are those of %d and %d", owners[0].id, owners[1].id)
	}
	for i := 3; i < len(owners); i++ {
		if owners[i].id <= owners[i-1].id {
			t.Errorf("%d comes after %d", owners[i].id, owners[i-1].id)
		}
	}
	if why := c.goroutines[3].stackless(); why != "the stack pointer is not in the stack" {
		t.Errorf("of the one whose stack is not known it is said that %q", why)
	}
}
