package lockcode

import "github.com/dlv-async/dlv-async/walker/golang/pclntab"

// Whoever is to call a WaitGroup's Done has yet to be done with what the group waits
// for. So its code is followed like that of who has a lock, with Wait for Lock, which
// is where an address is known from, and Done for Unlock. Nobody takes anything: a
// share of the counter may come from anyone.

// dones are what does something to a WaitGroup. Done is mostly inlined, and adds -1.
// https://github.com/golang/go/blob/go1.26.0/src/sync/waitgroup.go#L156
var dones = vocabulary{
	"sync.(*WaitGroup).Wait": {does: takes, mode: Counted},
	"sync.(*WaitGroup).Done": {does: letsGo, mode: Counted},
	"sync.(*WaitGroup).Add":  {does: adds, mode: Counted},
}

// NewDones returns the code of a program as to WaitGroups.
func NewDones(tables pclntab.Tables) *Code {
	c := New(tables)
	c.effects, c.groups = dones, true
	return c
}

// added is what a call of Add does, by what it adds.
func (s *state) added() deed {
	if v := s.regs[rbx]; v.kind == constant && v.off < 0 {
		return letsGo
	}
	return nothing
}
