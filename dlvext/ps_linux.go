package dlvext

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Bounds of a list of processes.
const (
	maxProcesses = 1 << 16
	maxArgs      = 4096 // bytes of one command line
)

// Processes lists the processes with memory of their own (not the kernel's
// threads, nor zombies), by pid, without those that /proc hides.
func Processes() ([]ProcessInfo, error) {
	ids, err := processIDs()
	if err != nil {
		return nil, err
	}
	l := lister{users: map[int]string{}, exes: map[exeID]runtimeHints{}}
	var list []ProcessInfo
	for _, pid := range ids {
		if info, ok := l.process(pid); ok {
			list = append(list, info)
		}
	}
	slices.SortFunc(list, func(a, b ProcessInfo) int { return cmp.Compare(a.PID, b.PID) })
	return list, nil
}

// ProcessRuntimes are the runtimes that the files of one process give away, as
// in [ProcessInfo].
func ProcessRuntimes(pid int) ([]string, error) {
	l := lister{users: map[int]string{}, exes: map[exeID]runtimeHints{}}
	info, ok := l.process(pid)
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no process %d", pid)
	case info.Unreadable != "":
		return nil, errors.New(info.Unreadable)
	}
	return info.Runtimes, nil
}

// processIDs lists the ids of all processes.
func processIDs() ([]int, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && len(ids) < maxProcesses {
			ids = append(ids, pid)
		}
	}
	return ids, nil
}

// lister keeps what several processes have in common.
type lister struct {
	users map[int]string
	exes  map[exeID]runtimeHints
}

type exeID struct{ device, inode uint64 }

// process describes a process; ok is false when it has no memory, or ended.
func (l *lister) process(pid int) (info ProcessInfo, ok bool) {
	status, err := readStatus(pid)
	if err != nil || status.kernelThread || status.state == 'Z' || status.state == 'X' {
		return info, false
	}
	info = ProcessInfo{PID: pid, User: l.user(status.uids[0]), Args: commandLine(pid, status)}
	if name, err := os.Readlink(procFile(pid, "exe")); err == nil {
		info.Exe = withoutDeleted(name)
	}
	if info.Unreadable = unreadable(pid); info.Unreadable == "" {
		info.Runtimes = l.runtimes(pid)
	}
	return info, true
}

func (l *lister) user(uid int) string {
	if name, ok := l.users[uid]; ok {
		return name
	}
	name := strconv.Itoa(uid)
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	l.users[uid] = name
	return name
}

// commandLine reads the arguments; of a process that has overwritten them or
// has none, its name.
func commandLine(pid int, status procStatus) []string {
	f, err := os.Open(procFile(pid, "cmdline"))
	if err != nil {
		return []string{status.name}
	}
	defer f.Close()
	buf := make([]byte, maxArgs)
	n, _ := io.ReadFull(f, buf)
	text := strings.TrimRight(string(buf[:n]), "\x00 ")
	if text == "" {
		return []string{status.name}
	}
	return strings.Split(text, "\x00")
}

// unreadable says why a process cannot be read.
func unreadable(pid int) string {
	if pid == os.Getpid() {
		return "it is this program itself"
	}
	// To open this asks for the same rights as a capture.
	mem, err := os.Open(procFile(pid, "mem"))
	switch {
	case errors.Is(err, os.ErrPermission):
		return gatherAccess(pid).why()
	case err != nil:
		return "it has ended"
	}
	mem.Close()
	return ""
}

// maxMaps is how much of /proc/PID/maps is searched: some 10,000 mappings.
const maxMaps = 1 << 20

// runtimes looks for language runtimes in the executable and, by name, among
// the libraries.
func (l *lister) runtimes(pid int) (names []string) {
	exe := l.executable(pid)
	if exe.goVersion != "" {
		names = append(names, exe.goVersion)
	}
	python := exe.python
	if python == "" && exe.dynamic {
		if maps, err := os.Open(procFile(pid, "maps")); err == nil {
			text, _ := io.ReadAll(io.LimitReader(maps, maxMaps))
			maps.Close()
			python = pythonLibrary(text)
		}
	}
	if python != "" {
		names = append(names, python)
	}
	return names
}

// executable looks into each executable once.
func (l *lister) executable(pid int) (hints runtimeHints) {
	var st unix.Stat_t
	link := procFile(pid, "exe")
	if unix.Stat(link, &st) != nil {
		return hints
	}
	id := exeID{uint64(st.Dev), st.Ino}
	if hints, ok := l.exes[id]; ok {
		return hints
	}
	if f, err := os.Open(link); err == nil {
		path, _ := os.Readlink(link)
		hints = hintsOf(withoutDeleted(path), f)
		f.Close()
	}
	l.exes[id] = hints
	return hints
}
