package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
)

func newPs(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "ps",
		Short:             "List the processes that can be read, and their runtimes",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example:           `  dlv-async ps`,
		RunE: func(*cobra.Command, []string) error {
			all, err := dlvext.Processes()
			if err != nil {
				return fmt.Errorf("cannot list processes: %w", err)
			}
			list, denied := readable(all)
			var out bytes.Buffer
			table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "PID\tUSER\tRUNTIME\tCOMMAND")
			for _, p := range list {
				fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", p.PID, oneLine(p.User), strings.Join(p.Runtimes, ", "), oneLine(strings.Join(p.Args, " ")))
			}
			if err := table.Flush(); err != nil {
				return err
			}
			if denied > 0 {
				fmt.Fprintf(&out, "%d more processes cannot be read: those of other users, this one, and those that another program traces\n", denied)
			}
			// Command lines are long. Whoever pipes this wants all of them.
			if width := terminalWidth(a.stdout); width > 0 {
				return writeLines(a.stdout, out.String(), width)
			}
			_, err = a.stdout.Write(out.Bytes())
			return err
		},
	}
}

// readable are the processes with a runtime that can be read now, and how many
// of all kinds cannot be.
func readable(all []dlvext.ProcessInfo) (list []dlvext.ProcessInfo, denied int) {
	for _, p := range all {
		switch {
		case p.Unreadable != "":
			denied++
		default:
			if p.Runtimes = known(p.Runtimes); len(p.Runtimes) > 0 {
				list = append(list, p)
			}
		}
	}
	return list, denied
}

// known are those of a process's runtimes that dlv-async can walk.
func known(all []string) []string {
	return slices.DeleteFunc(all, func(version string) bool { // go1.26.8, of the runtime go
		return !slices.ContainsFunc(snapshot.Runtimes(), func(name string) bool { return strings.HasPrefix(version, name) })
	})
}

// writeLines writes a text with its lines cut to a width.
func writeLines(w io.Writer, text string, width int) error {
	for line := range strings.Lines(text) {
		line = ansi.Truncate(strings.TrimSuffix(line, "\n"), width, "…")
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// completePIDs completes the ids of processes that can be read.
func completePIDs(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := dlvext.Processes()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	list, _ := readable(all)
	var out []cobra.Completion
	for _, p := range list {
		out = append(out, cobra.CompletionWithDesc(strconv.Itoa(p.PID), oneLine(strings.Join(p.Args, " "))))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
