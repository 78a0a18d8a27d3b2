package snapshot

import "strconv"

// signalName is Linux's name of a signal, on any machine that reads a core:
// https://man7.org/linux/man-pages/man7/signal.7.html. The ones here are
// those whose default action is to dump core.
func signalName(n int) string {
	names := map[int]string{
		3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS",
		8: "SIGFPE", 11: "SIGSEGV", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
	}
	if name := names[n]; name != "" {
		return name
	}
	return "signal " + strconv.Itoa(n)
}
