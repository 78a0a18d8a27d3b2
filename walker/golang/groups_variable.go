package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// Workers may take their work from a channel that is a variable of the program's,
// or a field of what a variable points to. Then no word of their frames has it
// while they wait: they load it anew each time. Their code says so: it comes back
// to the receive, and loads a variable that leads to the channel.

// followCode is the program's code, to be asked of what workers do; nil: no code
// for that processor can be followed.
func (c *collection) followCode() *lockcode.Code {
	if c.img.Arch != "amd64" {
		return nil
	}
	return c.asCode(&c.codes.locks, lockcode.New)
}

// takesFromVariable is where the receive in which some goroutines wait returns to,
// if they come back to it with the channel from a variable; 0: they do not, or
// not all of them wait in the same one.
func (c *collection) takesFromVariable(idle []*goroutine, channel uint64) (site uint64) {
	var at unwind.Frame
	for _, g := range idle {
		f, ok := c.receiver(g)
		if !ok || site != 0 && f.PC != site {
			return 0
		}
		at, site = f, f.PC
	}
	code := c.followCode()
	if site == 0 || code == nil || !code.Comes(at.Func, site, site) {
		return 0
	}
	if len(code.Calls(at.Func, isReceive))+len(code.Calls(at.Func, isSelect)) != 1 {
		return 0 // work may come from somewhere else, and this be a part of it
	}
	if !c.variablesLeadTo(code.Variables(at.Func), map[uint64]bool{channel: true})[channel] {
		return 0
	}
	return site
}

// maxVariables bounds the variables of one function that are looked at.
const maxVariables = 64

// variablesLeadTo tells which channels are the values of variables, or fields of
// what these point to.
func (c *collection) variablesLeadTo(variables []uint64, channels map[uint64]bool) map[uint64]bool {
	found := map[uint64]bool{}
	var objects []uint64
	c.any(variables[:min(len(variables), maxVariables)], 8, func(_ uint64, b []byte) {
		if v := le.Uint64(b); channels[v] {
			found[v] = true
		} else if v > crewObject {
			objects = append(objects, v)
		}
	})
	look := func(_ uint64, b []byte) {
		for i := range len(b) / 8 {
			if v := word(b, i); channels[v] {
				found[v] = true
			}
		}
	}
	c.any(objects, crewObject, look)
	c.any(objects, 64, look) // of what lies at the end of what is mapped
	return found
}

// readBusyCrews looks for the crews that take from variables and all of which are
// busy, behind channels that somebody sends to and nobody receives from.
func (c *collection) readBusyCrews(starts []crewStart, sets map[crewStart]*crewSet) {
	wanted := c.unserved()
	code := c.followCode()
	if len(wanted) == 0 || code == nil {
		return
	}
	type reader struct {
		start crewStart
		fn    uint64
	}
	asked := map[reader]bool{}
	for _, start := range starts {
		for _, g := range sets[start].some {
			for _, f := range c.framesOf(g) {
				if f.Func == nil || strings.HasPrefix(f.Func.Name, "runtime.") || asked[reader{start, f.Func.Entry}] {
					continue
				}
				asked[reader{start, f.Func.Entry}] = true
				sites := code.Calls(f.Func, isReceive)
				if len(sites) != 1 || !onlyReceives(code, f.Func) {
					continue
				}
				for channel := range c.variablesLeadTo(code.Variables(f.Func), wanted) {
					c.crews = append(c.crews, crew{start: start, channel: channel, fn: f.Func.Entry, site: sites[0]})
				}
			}
		}
	}
}
