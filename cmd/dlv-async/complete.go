package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// complete completes the last word of a line at Tab: as far as all that it
// could be agree, and with a space behind where it can be one thing only.
func (p *session) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' || pos != len(line) {
		return "", 0, false
	}
	before, word := "", line
	if i := strings.LastIndexByte(line, ' '); i >= 0 {
		before, word = line[:i+1], line[i+1:]
	}
	var matches []string
	for _, c := range p.candidates(strings.Fields(before), word) {
		if strings.HasPrefix(c, word) {
			matches = append(matches, c)
		}
	}
	if len(matches) == 0 {
		return "", 0, false
	}
	full := matches[0]
	for _, m := range matches[1:] {
		for !strings.HasPrefix(m, full) {
			full = full[:len(full)-1]
		}
	}
	if len(matches) == 1 {
		full += " "
	}
	return before + full, len(before) + len(full), true
}

// candidates are what a word may be behind others.
func (p *session) candidates(before []string, word string) []string {
	last := ""
	if len(before) > 0 {
		last = before[len(before)-1]
	}
	switch {
	case len(before) == 0:
		return append(viewNames(), promptCommands...)
	case last == "refresh":
		return append(viewNames(), "diff")
	case last == "--fail-on" || last == "help":
		return problemCodes()
	case last == "-o" || last == "--output":
		return outputs
	case strings.HasPrefix(word, "-"):
		var names []string
		c, flags := &cobra.Command{}, newViewFlags()
		flags.register(c)
		if p.look != nil {
			flags.registerHeap(c)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return names
	}
	if v, ok := findView(last); ok && v.ofTask {
		if p.now == nil { // at Delve's prompt, before the first look
			return nil
		}
		ids := make([]string, len(p.now.Tasks))
		for i, t := range p.now.Tasks {
			ids[i] = oneLine(string(t.ID))
		}
		return ids
	}
	return nil
}
