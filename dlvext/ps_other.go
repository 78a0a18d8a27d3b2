//go:build !linux

package dlvext

// Family fails: processes can be listed on Linux only.
func Family(int) ([]Relative, error) { return nil, errLinuxOnly }

// Processes fails: processes can be listed on Linux only.
func Processes() ([]ProcessInfo, error) { return nil, errLinuxOnly }

// ProcessRuntimes is [Processes] for one process.
func ProcessRuntimes(int) ([]string, error) { return nil, errLinuxOnly }
