//go:build !linux

package dlvext

import "context"

// refuseOnlyClient cannot tell here which process listens at an address.
func refuseOnlyClient(context.Context, string) error { return nil }

// direct reading is for Linux.
func (c *Connection) direct(context.Context) bool { return false }
