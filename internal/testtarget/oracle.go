package testtarget

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Goroutine is a goroutine as runtime.Stack prints it.
type Goroutine struct {
	ID      int
	State   string // the wait reason, or the status of one that does not wait
	Minutes int    // it has waited so long; 0: less, or not known
	Locked  bool   // to its thread
	Frames  []Call // innermost first, without the runtime's own
	Elided  bool   // frames in the middle were left out
	Created *Call  // nil: the main goroutine
	Creator int    // goroutine id; 0: not told
}

// Call is a function and the place in it.
type Call struct {
	Func string
	File string
	Line int
}

var (
	headLine  = regexp.MustCompile(`^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\],]+)([^\]]*)\](?: \{.*\})?:$`)
	placeLine = regexp.MustCompile(`^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$`)
	creator   = regexp.MustCompile(`^created by (.+?)(?: in goroutine (\d+))?$`)
	minutes   = regexp.MustCompile(`, (\d+) minutes`)
)

// ParseStack reads what runtime.Stack(buf, true) printed.
func ParseStack(dump string) ([]Goroutine, error) {
	var all []Goroutine
	for _, block := range strings.Split(strings.TrimSpace(dump), "\n\n") {
		g, err := parseGoroutine(strings.Split(block, "\n"))
		if err != nil {
			return nil, fmt.Errorf("%w in:\n%s", err, block)
		}
		all = append(all, g)
	}
	return all, nil
}

func parseGoroutine(lines []string) (Goroutine, error) {
	head := headLine.FindStringSubmatch(lines[0])
	if head == nil {
		return Goroutine{}, fmt.Errorf("no goroutine's first line")
	}
	g := Goroutine{State: head[2], Locked: strings.Contains(head[3], "locked to thread")}
	g.ID, _ = strconv.Atoi(head[1])
	if m := minutes.FindStringSubmatch(head[3]); m != nil {
		g.Minutes, _ = strconv.Atoi(m[1])
	}
	for i := 1; i < len(lines); i++ {
		name := lines[i]
		if strings.HasPrefix(name, "...") { // "...12 frames elided..."
			g.Elided = true
			continue
		}
		i++
		if i == len(lines) {
			return g, fmt.Errorf("no place for %q", name)
		}
		place := placeLine.FindStringSubmatch(lines[i])
		if place == nil {
			return g, fmt.Errorf("no place for %q but %q", name, lines[i])
		}
		call := Call{File: place[1]}
		call.Line, _ = strconv.Atoi(place[2])
		if m := creator.FindStringSubmatch(name); m != nil {
			call.Func = m[1]
			g.Created = &call
			g.Creator, _ = strconv.Atoi(m[2])
			continue
		}
		call.Func = withoutArguments(name)
		g.Frames = append(g.Frames, call)
	}
	return g, nil
}

// withoutArguments cuts "main.(*T).f(0x1, {0x2, 0x3})" to "main.(*T).f": the
// parenthesis that the last one closes begins the arguments.
func withoutArguments(call string) string {
	depth := 0
	for i := len(call) - 1; i >= 0; i-- {
		switch call[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return call[:i]
			}
		}
	}
	return call
}
