package dlvext

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// refuseOnlyClient refuses a server of this machine that ends its session when
// its one client goes: connecting to it would end what is to be looked at.
func refuseOnlyClient(ctx context.Context, addr string) error {
	server := listenerAt(ctx, addr)
	if server == 0 {
		return nil // elsewhere, or not to be seen
	}
	text, err := os.ReadFile(procFile(server, "cmdline"))
	if err != nil {
		return nil
	}
	args := strings.Split(string(text), "\x00")
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	has := func(flag string) bool {
		return slices.Contains(args, "--"+flag) || slices.Contains(args, "--"+flag+"=true")
	}
	instead := ""
	if target := tracedBy(server); target != 0 {
		instead = fmt.Sprintf(", or read its target as it stands: dlv-async attach %d", target)
	}
	switch {
	case len(args) > 1 && args[1] == "dap":
		return fmt.Errorf("at %s an adapter waits for its editor (%s dap): what an editor debugs can be connected to when dlv was started with --headless --accept-multiclient%s", addr, filepath.Base(args[0]), instead)
	case has("headless") && !has("accept-multiclient"):
		return fmt.Errorf("the Delve at %s (pid %d) takes one client, and ends its session when that goes: start it with --accept-multiclient%s", addr, server, instead)
	}
	return nil
}

// tracedBy is a process that another traces; 0: it traces none that can be seen.
func tracedBy(tracer int) int {
	pids, _ := processIDs()
	for _, pid := range pids {
		if s, err := readStatus(pid); err == nil && s.tracer != 0 {
			if t, err := readStatus(s.tracer); err == nil && t.tgid == tracer {
				return pid
			}
		}
	}
	return 0
}

// listenerAt is the process of this machine that listens at an address; 0: it
// is elsewhere, or of another user.
func listenerAt(ctx context.Context, addr string) int {
	network, where := delveAddress(addr)
	var inodes []string
	if network == "unix" {
		inodes = listenersIn("/proc/net/unix", func(f []string) (string, bool) {
			return at(f, 6), at(f, 7) == where
		})
	} else {
		host, port, err := net.SplitHostPort(where)
		n, portErr := strconv.ParseUint(port, 10, 16)
		if err != nil || portErr != nil || !isHere(ctx, host) {
			return 0
		}
		for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
			inodes = append(inodes, listenersIn(file, func(f []string) (string, bool) {
				const listens = "0A" // TCP_LISTEN
				_, local, _ := strings.Cut(at(f, 1), ":")
				p, err := strconv.ParseUint(local, 16, 16)
				return at(f, 9), err == nil && p == n && at(f, 3) == listens
			})...)
		}
	}
	pids, _ := processIDs()
	for _, pid := range pids {
		fds, _ := filepath.Glob(procFile(pid, "fd/*"))
		for _, fd := range fds {
			link, err := os.Readlink(fd)
			if err != nil {
				continue
			}
			if slices.ContainsFunc(inodes, func(inode string) bool { return link == "socket:["+inode+"]" }) {
				return pid
			}
		}
	}
	return 0
}

// listenersIn are the sockets of a table of the kernel's that pick picks.
// https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
func listenersIn(file string, pick func(fields []string) (inode string, ok bool)) (inodes []string) {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if inode, ok := pick(strings.Fields(lines.Text())); ok {
			inodes = append(inodes, inode)
		}
	}
	return inodes
}

func at(fields []string, i int) string {
	if i >= len(fields) {
		return ""
	}
	return fields[i]
}

// isHere tells whether a host is this machine.
func isHere(ctx context.Context, host string) bool {
	ips, err := net.DefaultResolver.LookupIP(ctx, "ip", host)
	if err != nil {
		return false
	}
	own, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(ips, func(ip net.IP) bool {
		return ip.IsLoopback() || slices.ContainsFunc(own, func(a net.Addr) bool {
			n, ok := a.(*net.IPNet)
			return ok && n.IP.Equal(ip)
		})
	})
}

// direct has the target read as any process of this machine, if it is one: of
// the id that Delve says, traced by the process that listens there.
func (c *Connection) direct(ctx context.Context) bool {
	server := listenerAt(ctx, c.rpc.addr)
	status, err := readStatus(c.PID)
	if server == 0 || err != nil || status.tracer == 0 {
		return false
	}
	if tracer, err := readStatus(status.tracer); err != nil || tracer.tgid != server {
		return false
	}
	p, err := OpenProcess(c.PID)
	if err != nil {
		return false
	}
	c.onClose(p.Close)
	c.Modules, c.Memory = p.image.Modules, directMemory{&bulkReader{p.reader}}
	c.Notes = append(c.Notes, p.image.Notes...)
	return true
}

// directMemory is the memory of a process that another one holds.
type directMemory struct{ *bulkReader }

var _ Bulk = directMemory{}

// Read implements [Memory].
func (d directMemory) Read(addr uint64, buf []byte) error { return d.vm.Read(addr, buf) }

// ReadMany implements [Bulk].
func (d directMemory) ReadMany(ranges []Range) [][]byte {
	if out, ok := d.readMany(ranges); ok {
		return out
	}
	return ReadMany(struct{ Memory }{d}, ranges)
}
