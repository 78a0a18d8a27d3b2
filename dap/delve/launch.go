package delve

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/go-delve/delve/pkg/gobuild"
	delvedap "github.com/go-delve/delve/service/dap"
	"github.com/go-delve/delve/service/debugger"
)

// Say passes something on to the user: category is that of an output event.
type Say func(category, text string)

// Refusal is why a program cannot be debugged. Quiet says that the user was
// told already.
type Refusal struct {
	Reason string
	Quiet  bool
}

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...)}
}

// decode reads the arguments of a request, and refuses them in Delve's words.
func decode(arguments json.RawMessage, into any) error {
	err := json.Unmarshal(arguments, into)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return refuse("invalid debug configuration - cannot unmarshal %v into %q of type %v", wrong.Value, wrong.Field, wrong.Type)
	}
	return refuse("invalid debug configuration - %v", err)
}

// launch is the arguments of a launch request, which are Delve's.
type launch struct {
	delvedap.LaunchConfig
	Flags any `json:"buildFlags"` // a string or an array of strings

	said Say
}

// LaunchMode returns what a launch request asks for: debug, test, exec, core
// or replay, and whether it asks not to debug at all.
func LaunchMode(arguments json.RawMessage) (mode string, noDebug bool, err error) {
	var a struct {
		Mode    string `json:"mode"`
		NoDebug bool   `json:"noDebug"`
	}
	if err := decode(arguments, &a); err != nil {
		return "", false, err
	}
	if a.Mode == "" {
		a.Mode = "debug"
	}
	return a.Mode, a.NoDebug, nil
}

// Launch builds what is to be built and starts it under a debugger, or opens
// the core dump or trace.
func Launch(arguments json.RawMessage, o Options, say Say) (*Debuggee, error) {
	l := launch{said: say}
	if err := decode(arguments, &l.LaunchConfig); err != nil {
		return nil, err
	}
	var flags struct {
		Flags any `json:"buildFlags"`
	}
	_ = json.Unmarshal(arguments, &flags) // it could be read a line above
	l.Flags = plainFlags(flags.Flags)
	d := &Debuggee{config: o.config()}
	if err := l.prepare(d); err != nil {
		d.Remove()
		return nil, err
	}
	if err := l.redirect(d, o); err != nil {
		d.Remove()
		return nil, err
	}
	var err error
	d.debugger, err = debugger.New(&d.config, append([]string{l.Program}, l.Args...))
	if err != nil {
		d.Remove()
		return nil, refuse("%v", err)
	}
	if l.FollowExec {
		if err := d.debugger.FollowExec(true, l.FollowExecRegex); err != nil {
			say("important", fmt.Sprintf("Failed to enable follow exec: %v\n", err))
		}
	}
	return d, nil
}

// plainFlags gives an array of strings the type that Delve wants.
func plainFlags(flags any) any {
	list, ok := flags.([]any)
	if !ok {
		return flags
	}
	var plain []string
	for _, f := range list {
		plain = append(plain, fmt.Sprint(f))
	}
	return plain
}

// prepare makes the program ready to be started.
func (l *launch) prepare(d *Debuggee) error {
	if l.DlvCwd != "" {
		if err := os.Chdir(l.DlvCwd); err != nil {
			return refuse("failed to chdir to %q - %v", l.DlvCwd, err)
		}
	}
	for name, value := range l.Env {
		var err error
		if value == nil {
			err = os.Unsetenv(name)
		} else {
			err = os.Setenv(name, *value)
		}
		if err != nil {
			return refuse("failed to set the environment's %s - %v", name, err)
		}
	}
	if l.Mode == "" {
		l.Mode = "debug"
	}
	if l.Program == "" && l.Mode != "replay" {
		return refuse("The program attribute is missing in debug configuration.")
	}
	d.config.WorkingDir = l.Cwd
	if l.Cwd == "" {
		d.config.WorkingDir = "."
	}
	if l.Backend != "" {
		d.config.Backend = l.Backend
	}
	switch l.Mode {
	case "debug", "test":
		return l.build(d)
	case "exec":
	case "core":
		if l.CoreFilePath == "" {
			return refuse("The 'coreFilePath' attribute is missing in debug configuration.")
		}
		d.config.CoreFile, d.config.Backend = l.CoreFilePath, "core"
	case "replay":
		if l.TraceDirPath == "" {
			return refuse("The 'traceDirPath' attribute is missing in debug configuration.")
		}
		if _, err := exec.LookPath("rr"); err != nil {
			return refuse("a trace is replayed by rr (https://rr-project.org), which is not there: %v", err)
		}
		d.config.CoreFile, d.config.Backend = l.TraceDirPath, "rr"
	default:
		return refuse("invalid debug configuration - unsupported 'mode' attribute %q", l.Mode)
	}
	return nil
}

// build compiles the program or its tests, and makes the result the program.
func (l *launch) build(d *Debuggee) error {
	output := l.Output
	if output == "" {
		output = gobuild.DefaultDebugBinaryPath("__debug_bin")
	} else if runtime.GOOS == "windows" && filepath.Ext(output) != ".exe" {
		output += ".exe"
	}
	output, err := filepath.Abs(output)
	if err != nil {
		return refuse("%v", err)
	}
	packages := []string{l.Program}
	d.config.Packages, d.config.BuildFlags = packages, l.Flags
	var command string
	var printed []byte
	if l.Mode == "test" {
		d.config.ExecuteKind = debugger.ExecutingGeneratedTest
		l.said("stdout", fmt.Sprintf("Building tests of %s\n", l.Program))
		command, printed, err = gobuild.GoTestBuildCombinedOutput(output, packages, l.Flags)
	} else {
		d.config.ExecuteKind = debugger.ExecutingGeneratedFile
		l.said("stdout", fmt.Sprintf("Building %s\n", l.Program))
		command, printed, err = gobuild.GoBuildCombinedOutput(output, packages, l.Flags)
	}
	if err != nil {
		if l.Output == "" {
			gobuild.Remove(output)
		}
		l.said("stderr", fmt.Sprintf("Build Error: %s\n%s (%v)\n", command, strings.TrimSpace(string(printed)), err))
		return &Refusal{Reason: "Build error: Check the debug console for details.", Quiet: true}
	}
	d.binary = output
	if l.Mode == "test" && l.Cwd == "" {
		// As with go test, the tests run in their package's directory.
		if dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", l.Program).Output(); err == nil {
			d.config.WorkingDir = strings.TrimSpace(string(dir))
		}
	}
	l.Program = output
	return nil
}

// Attach attaches a debugger to a running process.
func Attach(arguments json.RawMessage, o Options) (*Debuggee, error) {
	var a delvedap.AttachConfig
	if err := decode(arguments, &a); err != nil {
		return nil, err
	}
	switch {
	case a.Mode != "" && a.Mode != "local":
		return nil, refuse("invalid debug configuration - unsupported 'mode' attribute %q", a.Mode)
	case a.AttachWaitFor != "" && a.ProcessID != 0:
		return nil, refuse("'processId' and 'waitFor' are mutually exclusive, and can't be specified at the same time")
	case a.AttachWaitFor == "" && a.ProcessID == 0:
		return nil, refuse("The 'processId' or 'waitFor' attribute is missing in debug configuration")
	}
	d := &Debuggee{config: o.config()}
	d.config.AttachPid, d.config.AttachWaitFor = a.ProcessID, a.AttachWaitFor
	if a.AttachWaitFor != "" {
		d.config.AttachWaitForInterval = 1
	}
	if a.Backend != "" {
		d.config.Backend = a.Backend
	}
	var err error
	if d.debugger, err = debugger.New(&d.config, nil); err != nil {
		return nil, refuse("%v", err)
	}
	return d, nil
}
