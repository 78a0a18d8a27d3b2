//go:build !linux

package delve

// Settle has nothing to do here: pending signals are Linux's.
func (d *Debuggee) Settle() error { return nil }
