package dap

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/dlv-async/dlv-async/dap/delve"
)

// settings are what a launch or attach request has under "async", and what
// `async config` changes.
type settings struct {
	mu     sync.Mutex
	values struct {
		Threads     *bool `json:"threads"`
		Stacks      *bool `json:"stacks"`
		Problems    *bool `json:"problems"`
		Locals      *bool `json:"locals"` // read variables in a capture; cannot be changed later
		AnyExe      bool  `json:"anyExe"` // open a core with an executable that is not its own; likewise
		ThreadLimit *int  `json:"threadLimit"`
	}

	// Those of Delve's that this adapter heeds as well.
	delves struct {
		StopOnEntry          bool     `json:"stopOnEntry"`
		HideSystemGoroutines bool     `json:"hideSystemGoroutines"`
		GoroutineFilters     string   `json:"goroutineFilters"`
		ShowPprofLabels      []string `json:"showPprofLabels"`
		SubstitutePath       []delve.PathRule
	}
}

// defaultThreadLimit is how many threads a client is told of. Editors draw
// all of them at each stop.
const defaultThreadLimit = 500

func (s *settings) read(arguments json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ours := struct {
		Async any `json:"async"`
	}{&s.values}
	if err := json.Unmarshal(arguments, &ours); err != nil {
		return fmt.Errorf("the setting 'async' is not understood: %w", err)
	}
	_ = json.Unmarshal(arguments, &s.delves) // Delve's session says what is wrong
	return nil
}

// on tells whether threads, stacks or problems are to be shown. They are
// unless told otherwise.
func (s *settings) on(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := *s.flag(what)
	return b == nil || *b
}

// locals tells whether captures are to have the variables of frames.
func (s *settings) locals() bool { return s.values.Locals == nil || *s.values.Locals }

func (s *settings) flag(what string) **bool {
	switch what {
	case "threads":
		return &s.values.Threads
	case "stacks":
		return &s.values.Stacks
	}
	return &s.values.Problems
}

func (s *settings) threadLimit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.values.ThreadLimit; n != nil && *n > 1 {
		return *n
	}
	return defaultThreadLimit
}

// config shows or changes a setting: the words after `async config`.
func (s *settings) config(words []string) (string, error) {
	switch len(words) {
	case 0:
		return fmt.Sprintf("threads %v\nstacks %v\nproblems %v\nthreadLimit %d", s.on("threads"), s.on("stacks"), s.on("problems"), s.threadLimit()), nil
	case 2:
	default:
		return "", fmt.Errorf("async config NAME VALUE; the names are threads, stacks, problems and threadLimit")
	}
	switch name := words[0]; name {
	case "threads", "stacks", "problems":
		b, err := strconv.ParseBool(strings.ToLower(words[1]))
		if err != nil {
			return "", fmt.Errorf("async config %s is true or false", name)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		*s.flag(name) = &b
	case "threadLimit":
		n, err := strconv.Atoi(words[1])
		if err != nil || n < 2 {
			return "", fmt.Errorf("async config threadLimit is a number of threads")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.values.ThreadLimit = &n
	default:
		return "", fmt.Errorf("%q is no setting; threads, stacks, problems and threadLimit are", name)
	}
	return words[0] + " " + words[1], nil
}
