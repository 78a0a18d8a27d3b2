package dlvext

// Relative is a process of a family. Strings in it are the process's own and
// may hold anything.
type Relative struct {
	PID, Parent int
	Args        []string // its command line, cut at some thousand bytes
}

// ProcessInfo is a process of this machine, as a list shows it. Strings in it
// are the process's own and may hold anything.
type ProcessInfo struct {
	PID  int
	Exe  string   // the executable's path; empty: not permitted to know
	Args []string // its command line, cut at some thousand bytes
	User string   // name or number of the user it runs as

	// Unreadable says why the process cannot be read; empty when it can.
	Unreadable string

	// Runtimes are those that its files give away: go1.26.8, cpython 3.12. A
	// process that cannot be read shows none.
	Runtimes []string
}
