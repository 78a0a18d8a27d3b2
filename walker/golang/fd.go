package golang

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// fdLayout is internal/poll.FD and the two structures that begin with one:
// https://github.com/golang/go/blob/go1.26.0/src/internal/poll/fd_unix.go#L18,
// https://github.com/golang/go/blob/go1.26.0/src/net/fd_posix.go#L16 and
// https://github.com/golang/go/blob/go1.26.0/src/os/file_unix.go#L57.
// A program without network or files has not all of them.
type fdLayout struct {
	size               int   // of a poll.FD
	desc               field // the *pollDesc, in a poll.FD
	number             field // the file descriptor, in a poll.FD
	readSema           field // its semaphores
	writeSema          field
	closeSema          field
	netSize            int
	local, remote      int // offsets in a net.netFD of its addresses, which are interfaces
	fileSize           int
	fileName           int // offset in an os.file
	addrSize           int
	addrPort, addrZone int // offsets in a net.TCPAddr, which a net.UDPAddr is like
}

func newFDLayout(ts *resolver) fdLayout {
	fd := ts.optional("internal/poll.FD")
	socket, file, addr := ts.optional("net.netFD"), ts.optional("os.file"), ts.optional("net.TCPAddr")
	return fdLayout{
		size: fd.size(), desc: fd.maybe("pd.runtimeCtx"), number: fd.maybe("Sysfd"),
		readSema: fd.maybe("fdmu.rsema"), writeSema: fd.maybe("fdmu.wsema"), closeSema: fd.maybe("csema"),
		netSize: socket.size(), local: socket.maybe("laddr").off, remote: socket.maybe("raddr").off,
		fileSize: file.size(), fileName: file.maybe("name").off,
		addrSize: addr.size(), addrPort: addr.maybe("Port").off, addrZone: addr.maybe("Zone").off,
	}
}

// fd is what the file descriptor that a goroutine polls belongs to.
type fd struct {
	local, remote string // addresses of a socket
	name          string // of a file or pipe
}

// maxFDs bounds for how many waits the addresses are read: they are a comfort,
// and cost several reads each while the target stands still.
const maxFDs = 20_000

// maxFDSearches bounds for how many the frames are searched that do not have it
// where others do.
const maxFDSearches = 256

// readFDs finds, for goroutines whose pollDesc is known, the net.netFD or
// os.file around it. No pointer leads there from the pollDesc; the methods of
// poll.FD on the stack have it. A word of theirs is the poll.FD if, and only
// if, what it points to has this very pollDesc. Where in the frame it lies is
// the same for all goroutines at that place, so it is learnt once.
func (c *collection) readFDs() {
	if c.lay.fd.desc.size == 0 {
		return
	}
	learnt := map[uint64]uint64{} // by PC of the frame: the word's offset from its SP
	var all []*goroutine
	for _, g := range c.goroutines {
		if _, polls := c.polls[g]; polls && len(all) < maxFDs {
			all = append(all, g)
		}
	}
	const first = 16 // enough to learn the places that most stand at
	c.findFDs(all[:min(first, len(all))], learnt)
	if len(all) > first {
		c.findFDs(all[first:], learnt)
		// What was learnt may have been a word left over by luck: some do not
		// have it there.
		rest := slices.DeleteFunc(slices.Clone(all), func(g *goroutine) bool { return c.fdAt[g] != 0 })
		c.findFDs(rest[:min(maxFDSearches, len(rest))], map[uint64]uint64{})
	}
	c.readFDNames()
}

// candidate is a word that may be the address of the poll.FD of a goroutine.
type candidate struct {
	g          *goroutine
	pc, offset uint64 // where the word was found
	addr       uint64
}

func (c *collection) findFDs(waiting []*goroutine, learnt map[uint64]uint64) {
	var found []candidate
	var addrs []uint64
	var buffer []unwind.Frame
	for _, g := range waiting {
		buffer, _ = c.physicalFrames(g, buffer[:0])
		for _, f := range buffer {
			if f.Func == nil || !strings.HasPrefix(f.Func.Name, "internal/poll.(*FD).") {
				continue
			}
			from, to := f.SP, f.CFA+8*8 // its arguments may be spilled above it
			if offset, ok := learnt[f.PC]; ok {
				from, to = f.SP+offset, f.SP+offset+8
			}
			for a := from; a < to; a += 8 {
				if v, ok := g.stackWord(a); ok && v != 0 {
					found = append(found, candidate{g, f.PC, a - f.SP, v})
					addrs = append(addrs, v+uint64(c.lay.fd.desc.off))
				}
			}
		}
	}
	descs := map[uint64]uint64{}
	c.any(addrs, 8, func(addr uint64, b []byte) { descs[addr] = le.Uint64(b) })
	for _, k := range found {
		if descs[k.addr+uint64(c.lay.fd.desc.off)] == c.polls[k.g].desc {
			learnt[k.pc] = k.offset
			c.fdAt[k.g] = k.addr
		}
	}
}

// readFDNames reads the names and addresses of what the poll.FDs are parts of.
func (c *collection) readFDNames() {
	sockets, files := map[uint64][]*goroutine{}, map[uint64][]*goroutine{}
	for g, addr := range c.fdAt {
		if c.inPackage(g, "os.") {
			files[addr] = append(files[addr], g)
		} else if c.inPackage(g, "net.") {
			sockets[addr] = append(sockets[addr], g)
		}
	}
	l := &c.lay.fd
	c.each(keys(files), l.fileSize, func(addr uint64, b []byte) {
		name := c.stringAt(b[l.fileName:])
		for _, g := range files[addr] {
			c.fds[g] = fd{name: name}
		}
	})
	c.each(keys(sockets), l.netSize, func(addr uint64, b []byte) {
		d := fd{local: c.address(b[l.local:]), remote: c.address(b[l.remote:])}
		for _, g := range sockets[addr] {
			c.fds[g] = d
		}
	})
}

func keys[V any](m map[uint64]V) []uint64 {
	out := make([]uint64, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// inPackage tells whether one of a goroutine's frames is of a function whose
// name begins so.
func (c *collection) inPackage(g *goroutine, prefix string) bool {
	for _, f := range c.framesOf(g) {
		if f.Func != nil && strings.HasPrefix(f.Func.Name, prefix) {
			return true
		}
	}
	return false
}

// stringAt reads the string whose header begins b; empty when it cannot.
func (c *collection) stringAt(b []byte) string { return stringBy(c.read, b) }

// peekString is stringAt where there may be no string.
func (c *collection) peekString(b []byte) string { return stringBy(c.peek, b) }

func stringBy(read func(addr uint64, n int) ([]byte, error), b []byte) string {
	if len(b) < 16 || word(b, 1) > walker.MaxString {
		return ""
	}
	s, err := read(word(b, 0), int(word(b, 1)))
	if err != nil {
		return ""
	}
	return string(s)
}

// address formats the net.Addr whose interface begins b, as its String does;
// empty when it is none that we know, or cannot be read.
func (c *collection) address(b []byte) string {
	if len(b) < 16 || word(b, 0) == 0 {
		return ""
	}
	itab, data := word(b, 0), word(b, 1)
	switch c.concreteType(itab) {
	case "*net.TCPAddr", "*net.UDPAddr":
		a, err := c.read(data, c.lay.fd.addrSize)
		if err != nil || word(a, 1) > 16 {
			return ""
		}
		ip, err := c.read(word(a, 0), int(word(a, 1)))
		if err != nil {
			return ""
		}
		port := strconv.FormatUint(le.Uint64(a[c.lay.fd.addrPort:]), 10)
		addr, ok := netip.AddrFromSlice(ip)
		if !ok {
			return ":" + port
		}
		addr = addr.Unmap()
		if zone := c.stringAt(a[c.lay.fd.addrZone:]); zone != "" {
			addr = addr.WithZone(zone)
		}
		if addr.Is4() {
			return addr.String() + ":" + port
		}
		return "[" + addr.String() + "]:" + port
	case "*net.UnixAddr":
		if a, err := c.read(data, 16); err == nil {
			return c.stringAt(a)
		}
	case "":
		c.missed.add(dlvext.Range{Addr: itab + 8, Len: 8})
	}
	return ""
}

// concreteType is the name of the type that an itab is of: its second word.
// https://github.com/golang/go/blob/go1.26.0/src/internal/abi/iface.go#L14
func (c *collection) concreteType(itab uint64) string {
	name, ok := c.itabs[itab]
	if !ok {
		if b, err := c.peek(itab+8, 8); err == nil {
			if t, err := c.typeAt(le.Uint64(b)); err == nil {
				name = t.name
			}
		}
		c.itabs[itab] = name
	}
	return name
}
