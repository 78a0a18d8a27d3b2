package main

import (
	"debug/elf"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// needs refuses a command line without its first argument.
func needs(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("%s needs %s", c.Name(), what)
		}
		return nil
	}
}

// coreArgs tells the executable, the core and the view apart in
// [EXE] CORE [VIEW [TASK]]; EXE and CORE may be swapped. What is no
// executable is taken as the core, and whoever reads it says what is wrong.
func coreArgs(args []string) (exe, core string, view []string, err error) {
	two := len(args) > 1 && !isView(args[1]) // files, as it seems
	switch {
	case !isExecutable(args[0]) && len(args) > 1 && isExecutable(args[1]):
		return args[1], args[0], args[2:], nil
	case two && !exists(args[0]):
		return "", "", nil, fmt.Errorf("cannot read %s: no such file or directory", args[0])
	case !isExecutable(args[0]) && two && exists(args[1]):
		return "", "", nil, usagef("neither %s nor %s is an executable; of one file alone it is taken to be the core", args[0], args[1])
	case !isExecutable(args[0]):
		return "", args[0], args[1:], nil
	case len(args) == 1 || isView(args[1]) && !exists(args[1]):
		return "", "", nil, usagef("%s is an executable or library; core needs a CORE beside it", args[0])
	}
	return args[0], args[1], args[2:], nil
}

func isExecutable(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return f.Type == elf.ET_EXEC || f.Type == elf.ET_DYN
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
