package dlvext

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// procFile names a file of /proc/PID. A thread's id serves as well as its
// process's, also when the process's first thread has ended.
func procFile(pid int, name string) string { return fmt.Sprintf("/proc/%d/%s", pid, name) }

// procStatus is what /proc/PID/status and stat say of a process or thread.
type procStatus struct {
	name         string
	state        byte // as in ps: R S D T t Z X I
	tgid         int  // of the process it belongs to
	parent       int
	tracer       int // 0: none
	uids, gids   [3]int
	permitted    uint64 // capabilities
	effective    uint64
	filtered     bool  // by seccomp
	anonymous    int64 // bytes of its own memory
	swapped      int64
	kernelThread bool
	started      uint64 // in clock ticks after boot: tells a pid from its reuse
}

// pfKthread is PF_KTHREAD, in the ninth field of /proc/PID/stat:
// https://github.com/torvalds/linux/blob/v6.12/include/linux/sched.h#L1704
const pfKthread = 0x00200000

func readStatus(pid int) (procStatus, error) {
	var s procStatus
	text, err := os.ReadFile(procFile(pid, "status"))
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		number := func(i int) int {
			if i >= len(fields) {
				return 0
			}
			n, _ := strconv.Atoi(fields[i])
			return n
		}
		switch key {
		case "Name":
			s.name = strings.TrimSpace(value)
		case "State":
			s.state = fields[0][0]
		case "Tgid":
			s.tgid = number(0)
		case "PPid":
			s.parent = number(0)
		case "TracerPid":
			s.tracer = number(0)
		case "Uid":
			s.uids = [3]int{number(0), number(1), number(2)}
		case "Gid":
			s.gids = [3]int{number(0), number(1), number(2)}
		case "CapPrm":
			s.permitted, _ = strconv.ParseUint(fields[0], 16, 64)
		case "CapEff":
			s.effective, _ = strconv.ParseUint(fields[0], 16, 64)
		case "Seccomp":
			s.filtered = number(0) == 2
		case "RssAnon":
			s.anonymous = int64(number(0)) << 10
		case "VmSwap":
			s.swapped = int64(number(0)) << 10
		}
	}
	stat, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return s, err
	}
	// The name in parentheses may hold anything, parentheses too.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) > 19 {
		flags, _ := strconv.ParseUint(fields[6], 10, 64)
		s.kernelThread = flags&pfKthread != 0
		s.started, _ = strconv.ParseUint(fields[19], 10, 64)
	}
	return s, nil
}

// availableMemory is how many bytes this machine has left for programs,
// without swapping; where the kernel does not say, as many as there may be.
func availableMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return math.MaxInt64
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 53)
			if err == nil {
				return kb << 10
			}
		}
	}
	return math.MaxInt64
}

// maxThreads bounds the threads of one process: the kernel's own limit is 4
// million for the whole machine.
const maxThreads = 1 << 20

// threadIDs lists the threads of a process.
func threadIDs(pid int) ([]int, error) {
	dir, err := os.Open(procFile(pid, "task"))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxThreads)
	if err != nil {
		return nil, err
	}
	ids := make([]int, 0, len(names))
	for _, name := range names {
		if id, err := strconv.Atoi(name); err == nil {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// threadState is the state letter of a thread, 0 when there is none of this id.
func threadState(pid, tid int) byte {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/stat", pid, tid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) == 0 {
		return 0
	}
	return fields[0][0]
}

// mapping is a line of /proc/PID/maps.
type mapping struct {
	start, end, offset uint64
	perms              string // rwxp, rwxs
	device             string
	inode              uint64
	path               string // or [heap], [stack], [anon:...]; empty: anonymous memory
	deleted            bool   // path names the file no longer
}

// maxMappings bounds a process's mappings. The kernel's own limit
// (vm.max_map_count) is 65,530 unless somebody raised it.
const maxMappings = 1 << 20

func readMappings(pid int) ([]mapping, error) {
	f, err := os.Open(procFile(pid, "maps"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []mapping
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<16)
	for lines.Scan() && len(all) < maxMappings {
		m, err := parseMapping(lines.Text())
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, lines.Err()
}

func parseMapping(line string) (m mapping, err error) {
	// 00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon
	var fields [5]string
	rest := line
	for i := range fields {
		fields[i], rest, _ = strings.Cut(strings.TrimLeft(rest, " "), " ")
	}
	low, high, _ := strings.Cut(fields[0], "-")
	hex := func(s string) uint64 {
		n, e := strconv.ParseUint(s, 16, 64)
		err = errors.Join(err, e)
		return n
	}
	m = mapping{start: hex(low), end: hex(high), offset: hex(fields[2]), perms: fields[1], device: fields[3]}
	inode, e := strconv.ParseUint(fields[4], 10, 64)
	m.inode = inode
	if errors.Join(err, e) != nil || len(m.perms) < 4 {
		return m, fmt.Errorf("not understood in /proc/PID/maps: %q", line)
	}
	m.path, m.deleted = strings.CutSuffix(strings.TrimLeft(rest, " "), " (deleted)")
	m.path = strings.ReplaceAll(m.path, `\012`, "\n") // the one character that the kernel escapes
	return m, nil
}

// Keys of the auxiliary vector (/proc/PID/auxv), the kernel's words to a new
// program: https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/auxvec.h#L10
const (
	atEntry = 9
	maxAuxv = 4096 // bytes; real ones have some 400
)

// readAuxv returns the auxiliary vector as it is: it differs from program to
// program, and from one run of a program to the next.
func readAuxv(pid int) ([]byte, error) {
	f, err := os.Open(procFile(pid, "auxv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	buf := make([]byte, maxAuxv)
	n, err := f.Read(buf)
	if n == 0 {
		return nil, errors.Join(err, unix.ESRCH)
	}
	return buf[:n], nil
}

// auxValue finds a key in an auxiliary vector: pairs of 8 bytes each.
func auxValue(auxv []byte, key uint64) (uint64, bool) {
	for ; len(auxv) >= 16; auxv = auxv[16:] {
		if binary.LittleEndian.Uint64(auxv) == key {
			return binary.LittleEndian.Uint64(auxv[8:]), true
		}
	}
	return 0, false
}
