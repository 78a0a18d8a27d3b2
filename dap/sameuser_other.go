//go:build !linux

package dap

import "net"

// checkSameUser allows every connection: only Linux tells whose one is. dlv
// does the same.
func checkSameUser(net.Conn) error { return nil }
