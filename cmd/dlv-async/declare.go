package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/declared"
)

func newDeclare(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "declare",
		Short: "Declare the tasks of a scheduler of your own",
		Long: `A program may have tasks that are no goroutines, or more than these: of a
scheduler, an actor system, a workflow engine. A few lines of TOML say which
types they are and, by paths of fields, what they wait for. They stand in
.dlv-async.toml, and the tasks join the graph like any others. docs/declare.md
has the rest.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var exe string
	check := &cobra.Command{
		Use:     "check FILE --exe BIN",
		Short:   "Check a file of declarations against a program",
		Long:    "Checks that the types, variables and fields which a file names are in a program\nthat was built with debug information. What is wrong is told with its line.",
		Example: "  dlv-async declare check .dlv-async.toml --exe ./server",
		Args:    needs("a file of declarations"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || exe == "" {
				return usagef("check needs one file, and --exe BIN")
			}
			return a.checkDeclarations(args[0], exe)
		},
		ValidArgsFunction: completeFiles,
	}
	check.Flags().StringVar(&exe, "exe", "", "the `BIN`ary to check it against")
	example := &cobra.Command{
		Use: "example", Short: "Print a file of declarations, with comments", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.stdout, declared.Example)
			return err
		},
	}
	c.AddCommand(check, example)
	return c
}

// maxDeclarations is how large a file of declarations may be.
const maxDeclarations = 1 << 20

// checkDeclarations tells what of a file's declarations does not fit a program.
func (a *app) checkDeclarations(path, exe string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, pathless(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxDeclarations+1))
	if err != nil || len(text) > maxDeclarations {
		return errors.Join(err, fmt.Errorf("cannot read %s, or it is larger than %d bytes", path, maxDeclarations))
	}
	config, err := readConfig(path)
	if err != nil {
		return err
	}
	if len(config.Declare) == 0 {
		return fmt.Errorf("%s declares nothing: it has no [[declare]]", path)
	}
	bin, err := os.Open(exe)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", exe, pathless(err))
	}
	defer bin.Close()
	m, err := dlvext.OpenModule(exe, bin, 0)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", exe, err)
	}
	wrong := declared.Check(path, text, config.Declare, dlvext.NewImage(nil, m))
	for _, err := range wrong {
		fmt.Fprintln(a.stdout, oneLine(err.Error()))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s does not fit %s: %d faults", path, exe, len(wrong))
	}
	_, err = fmt.Fprintf(a.stdout, "%s fits %s\n", path, exe)
	return err
}
