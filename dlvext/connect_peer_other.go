//go:build !linux

package dlvext

// refuseOnlyClient cannot tell here which process listens at an address.
func refuseOnlyClient(string) error { return nil }

// direct reading is for Linux.
func (c *Connection) direct() bool { return false }
