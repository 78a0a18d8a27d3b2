package graph

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const codeTaskPileup = "task-pileup"

// leastPileup is how many tasks of one place are worth a word: what a program
// means to run so many of it seldom starts in one line.
const leastPileup = 1_000

// site is a place that started tasks, or, where that is not known, the
// function that they began in.
type site struct {
	function, file string
	line           int
	began          bool
}

// pile is the tasks of one site.
type pile struct {
	at      *Frame
	began   bool
	entry   string   // the function that the first of them began in
	n       int      // how many
	tasks   []TaskID // the first of them
	worse   int      // of these, those that a warning or an error names
	longest time.Duration
}

// findPileups adds a problem for each place that has started a thousand tasks
// or more that have not ended, unless what is wrong with most of them is said
// already. That is no fault by itself: a server has a task for each connection.
func findPileups(s *Snapshot) {
	if s.Filtered || len(s.Tasks) < leastPileup {
		return
	}
	worse := map[TaskID]bool{}
	for _, p := range s.Problems {
		if p != nil && p.Severity > Info && p.Code != codeUnreadable {
			for _, id := range p.Tasks {
				worse[id] = true
			}
		}
	}
	piles := map[site]*pile{}
	byFrame := map[*Frame]*pile{} // frames are shared: a place is looked up once
	var order []*pile
	for _, t := range s.Tasks {
		at, began := startedAt(t)
		if t.System || at == nil || endOf(t) == EndEnded {
			continue
		}
		p := byFrame[at]
		if p == nil || p.began != began {
			key := site{function: at.Func, began: began}
			if !began {
				key.file, key.line = at.File, at.Line
			}
			if p = piles[key]; p == nil {
				p = &pile{at: at, began: began}
				if f := outermost(t); f != nil {
					p.entry = f.Func
				}
				piles[key] = p
				order = append(order, p)
			}
			byFrame[at] = p
		}
		if p.n++; p.n <= leastPileup {
			p.tasks = append(p.tasks, t.ID)
		}
		if worse[t.ID] {
			p.worse++
		}
		if len(t.Waits) > 0 {
			p.longest = max(p.longest, t.Waits[0].Since)
		}
	}
	for _, p := range order {
		if p.n >= leastPileup && 2*p.worse < p.n {
			addOnce(s, p.problem())
		}
	}
}

// startedAt is the place that started a task; or the outermost frame that is
// not hidden, where it began.
func startedAt(t *Task) (at *Frame, began bool) {
	if c := t.CreatedBy; c != nil && (c.User != nil || c.At != nil) {
		return cmp.Or(c.User, c.At), false
	}
	return outermost(t), true
}

func outermost(t *Task) *Frame {
	for _, f := range slices.Backward(t.Frames) {
		if !f.Hidden {
			return f
		}
	}
	return nil
}

func (p *pile) problem() *Problem {
	did := "were started at"
	if p.began {
		did = "began in"
	}
	where := p.at.Func
	if p.at.Line > 0 && !p.began {
		where += fmt.Sprintf(" (%s:%d)", baseName(p.at.File), p.at.Line)
	}
	message := fmt.Sprintf("%d tasks %s %s", p.n, did, where)
	how := "the places that started the tasks"
	if p.n > len(p.tasks) {
		how += fmt.Sprintf("; the first %d are named here", len(p.tasks))
	}
	if p.at.Origin == OriginLibrary || p.at.Origin == OriginStdlib {
		message += ", in the library " + cmp.Or(p.at.Module, p.at.Func)
	}
	if p.longest >= time.Second {
		message += fmt.Sprintf("; one of them waits for at least %s", p.longest.Truncate(time.Second))
	}
	return &Problem{
		Code: codeTaskPileup, Severity: Info, Message: message, Tasks: p.tasks,
		Evidence: Evidence{Confidence: Proven, How: how},
		About:    did + " " + p.at.Func + " " + p.entry,
	}
}

func baseName(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '\\' {
			return path[i+1:]
		}
	}
	return path
}

// addOnce adds a problem, unless the file that the snapshot was read from has it.
func addOnce(s *Snapshot, p *Problem) {
	p.Fingerprint = fingerprint(s, p)
	for _, told := range s.Problems {
		if told != nil && told.Code == p.Code && told.Fingerprint == p.Fingerprint && told.Message == p.Message {
			return
		}
	}
	s.Problems = append(s.Problems, p)
}
