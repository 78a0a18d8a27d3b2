package dap

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// checkSameUser refuses a connection to the loopback address that another user
// of this machine made: who speaks to a debugger runs programs. Connections
// from elsewhere are what a listener on another address was asked for.
//
// The kernel's tables of connections name the owner of each end:
// https://docs.kernel.org/networking/proc_net_tcp.html.
func checkSameUser(conn net.Conn) error {
	local, ok := conn.LocalAddr().(*net.TCPAddr)
	if !ok || !local.IP.IsLoopback() {
		return nil
	}
	remote, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return nil
	}
	for _, table := range []struct {
		file string
		form func(net.IP) net.IP
	}{{"/proc/net/tcp", net.IP.To4}, {"/proc/net/tcp6", net.IP.To16}} {
		from, to := table.form(remote.IP), table.form(local.IP)
		if from == nil || to == nil {
			continue
		}
		uid, err := owner(table.file, kernelAddr(from, remote.Port), kernelAddr(to, local.Port))
		switch {
		case errors.Is(err, errNotListed):
			continue
		case err != nil:
			return err
		case uid != os.Getuid():
			return fmt.Errorf("it is of the user with the id %d; --only-same-user=false allows that", uid)
		}
		return nil
	}
	return errors.New("whose it is cannot be seen; --only-same-user=false allows that")
}

var errNotListed = errors.New("no such connection")

// owner returns the user id of the end of a connection that is at from.
func owner(file, from, to string) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, errNotListed
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		const local, remote, uid = 1, 2, 7
		columns := strings.Fields(lines.Text())
		if len(columns) > uid && columns[local] == from && columns[remote] == to {
			return strconv.Atoi(columns[uid])
		}
	}
	return 0, errNotListed
}

// kernelAddr writes an address as the tables do: words of four bytes in the
// order of a little-endian machine, and the port.
func kernelAddr(ip net.IP, port int) string {
	words := make([]byte, len(ip))
	for i := range ip {
		words[i] = ip[i/4*4+3-i%4]
	}
	return fmt.Sprintf("%s:%04X", strings.ToUpper(hex.EncodeToString(words)), port)
}
