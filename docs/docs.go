// Package docs holds the documents that the program itself shows.
package docs

import (
	_ "embed"
	"strings"
)

//go:embed problems.md
var problems string

// Problem is one problem code's section of problems.md.
type Problem struct {
	Code    string
	Summary string // its first sentence
	Text    string // Markdown, without the heading
}

// Problems returns the sections of problems.md in their order.
func Problems() []Problem {
	sections := strings.Split(problems, "\n## ")
	out := make([]Problem, 0, len(sections)-1)
	for _, section := range sections[1:] {
		code, text, _ := strings.Cut(section, "\n")
		text = strings.TrimSpace(text)
		paragraph, _, _ := strings.Cut(text, "\n\n")
		sentence, _, _ := strings.Cut(strings.ReplaceAll(paragraph, "\n", " "), ". ")
		out = append(out, Problem{Code: code, Summary: strings.TrimSuffix(sentence, "."), Text: text})
	}
	return out
}
