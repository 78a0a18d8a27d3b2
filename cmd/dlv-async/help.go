package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/docs"
)

func newHelp(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|CODE]",
		Short: "Explain a command, or the code of a problem",
		Example: `  dlv-async help attach
  dlv-async help deadlock`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				if text, ok := explained(args[0]); ok {
					_, err := io.WriteString(a.stdout, text)
					return err
				}
			}
			command, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("%q is neither a command nor the code of a problem; the codes are %s",
					strings.Join(args, " "), strings.Join(problemCodes(), ", "))
			}
			command.InitDefaultHelpFlag()
			return command.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var out []cobra.Completion
			for _, sub := range c.Root().Commands() {
				if sub.IsAvailableCommand() {
					out = append(out, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			for _, p := range docs.Problems() {
				out = append(out, cobra.CompletionWithDesc(p.Code, p.Summary))
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// explained is the section on a problem's code, for a terminal.
func explained(code string) (text string, ok bool) {
	for _, p := range docs.Problems() {
		if p.Code == code {
			return fmt.Sprintf("%s\n\n%s\n", p.Code, plainText(p.Text)), true
		}
	}
	return "", false
}

// plainText is a section of Markdown for a terminal: headings as they are said,
// examples and commands indented.
func plainText(markdown string) string {
	var out []string
	within := false
	for line := range strings.SplitSeq(markdown, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			within = !within
			continue
		case within && line != "":
			line = "    " + line
		case strings.HasPrefix(line, "### "):
			line = strings.TrimPrefix(line, "### ") + ":"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func problemCodes() []string {
	var codes []string
	for _, p := range docs.Problems() {
		codes = append(codes, p.Code)
	}
	return codes
}
