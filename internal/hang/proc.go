package hang

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
)

// process tells a process from another one that gets its id later.
type process struct {
	pid     int
	started uint64 // in clock ticks after boot
}

// maxFamily bounds the descendants that are followed.
const maxFamily = 1 << 14

// relative is a process of a family.
type relative struct {
	process
	parent int
}

// descendants are the processes below root, root the first among them.
func descendants(root int) []relative {
	var all []relative
	parents := map[int]int{}
	seen := map[int]bool{}
	next := []int{root}
	for len(next) > 0 && len(all) < maxFamily {
		pid := next[0]
		next = next[1:]
		if seen[pid] {
			continue
		}
		seen[pid] = true
		started, ok := startOf(pid)
		if !ok {
			continue
		}
		all = append(all, relative{process{pid, started}, parents[pid]})
		children, ok := childrenOf(pid)
		if !ok {
			return family(root)
		}
		for _, child := range children {
			parents[child] = pid
		}
		next = append(next, children...)
	}
	return all
}

// childrenOf reads /proc/PID/task/TID/children; ok is false where the kernel
// does not have it: https://man7.org/linux/man-pages/man5/proc_tid_children.5.html
func childrenOf(pid int) (children []int, ok bool) {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil, true // it has ended
	}
	for _, t := range threads {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name()))
		if err != nil {
			if _, gone := os.Stat(fmt.Sprintf("/proc/%d/task/%s", pid, t.Name())); gone == nil {
				return nil, false
			}
			continue
		}
		for _, word := range bytes.Fields(text) {
			if child, err := strconv.Atoi(string(word)); err == nil {
				children = append(children, child)
			}
		}
	}
	return children, true
}

// family is descendants by a search through all processes.
func family(root int) (all []relative) {
	relatives, err := dlvext.Family(root)
	if err != nil {
		return nil
	}
	for _, r := range relatives {
		if started, ok := startOf(r.PID); ok {
			all = append(all, relative{process{r.PID, started}, r.Parent})
		}
	}
	return all
}

// startOf reads when a process started; ok is false when there is none, or
// nothing left of it but its exit code:
// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func startOf(pid int) (ticks uint64, ok bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// The name in parentheses may hold anything, parentheses too.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return 0, false
	}
	ticks, err = strconv.ParseUint(string(fields[19]), 10, 64)
	return ticks, err == nil
}

// alive tells whether a process is still the one that it was.
func (p process) alive() bool {
	started, ok := startOf(p.pid)
	return ok && started == p.started
}

// ticksPerSecond is USER_HZ, 100 on every Linux.
const ticksPerSecond = 100

// born is when the process started, to a hundredth of a second.
func (p process) born(now time.Time) time.Time {
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return now
	}
	word, _, _ := strings.Cut(string(text), " ")
	up, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return now
	}
	return now.Add(-time.Duration(up*float64(time.Second)) + time.Duration(p.started)*time.Second/ticksPerSecond)
}

// spent is how much CPU time the threads of the process have used that are
// there now: https://docs.kernel.org/scheduler/sched-stats.html
func (p process) spent() (total time.Duration, ok bool) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.pid))
	if err != nil {
		return 0, false
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		word, _, _ := bytes.Cut(text, []byte(" "))
		if ns, err := strconv.ParseInt(string(word), 10, 64); err == nil {
			total += time.Duration(ns)
			ok = true
		}
	}
	return total, ok
}

// maxArgs bounds the arguments that are read of a process.
const maxArgs = 1 << 16

// args are the process's arguments.
func (p process) args() []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid))
	if err != nil || len(text) == 0 {
		return nil
	}
	text = text[:min(len(text), maxArgs)]
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}
