//go:build !linux

package dlvext

// Processes fails: processes can be listed on Linux only.
func Processes() ([]ProcessInfo, error) { return nil, errLinuxOnly }
