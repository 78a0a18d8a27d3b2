package dlvext

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/rpc2"
)

// through has the target read through Delve, with the files of this machine.
func (c *Connection) through(ctx context.Context, o ConnectOptions, core bool) error {
	c.Memory = newRPCMemory(ctx, c.rpc)
	exe, err := c.localExe(o.Exe)
	if err != nil {
		return err
	}
	c.Modules = []*Module{exe}
	c.onClose(func() error {
		for _, m := range c.Modules {
			_ = m.Close()
		}
		return nil
	})
	if err := c.placeExe(ctx, exe); err != nil {
		return err
	}
	if core {
		// Delve takes the pages of shared libraries for the executable's.
		c.note("of a core that Delve has open, shared libraries are not read; dlv-async core EXE CORE reads them")
		return nil
	}
	return c.addLibraries(ctx)
}

// localExe opens the executable: the one given, else the one that the
// target's command line names.
func (c *Connection) localExe(given string) (*Module, error) {
	path := given
	if path == "" {
		path = commandName(c.before.TargetCommandLine)
		if path == "" {
			return nil, fmt.Errorf("the Delve at %s does not say which executable it debugs: name it with --exe", c.rpc.addr)
		}
	}
	if given == "" && !isFile(path) {
		return nil, fmt.Errorf("the executable %s of the target is not on this machine: name a copy of it with --exe", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the executable %w", withoutOp(err))
	}
	m, err := OpenModule(path, f, 0)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot read the executable: %w", err)
	}
	if m.arch() == "" {
		m.Close()
		return nil, fmt.Errorf("the executable %s is for %v, and programs for amd64 and arm64 can be read", path, m.Header.Machine)
	}
	return m, nil
}

// commandName is the program of a command line as Delve joins it: at spaces,
// of which there may be some in its name.
func commandName(line string) string {
	name := ""
	for i, word := range strings.SplitAfter(line, " ") {
		name += word
		if path := strings.TrimSpace(name); i == 0 || isFile(path) {
			if isFile(path) {
				return path
			}
		}
	}
	first, _, _ := strings.Cut(line, " ")
	return first
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

func withoutOp(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}

// arch is GOARCH's name of what the module is for; "": of another.
func (m *Module) arch() string {
	for name, machine := range machines {
		if m.Header.Machine == machine {
			return name
		}
	}
	return ""
}

// machines are the ELF machines by GOARCH.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// placeExe finds where the executable is in the target, by the places of
// functions that Delve names, and makes sure that it is the one that runs there.
func (c *Connection) placeExe(ctx context.Context, exe *Module) error {
	biases := []uint64{0}
	if exe.Header.Type == elf.ET_DYN {
		biases = c.biases(ctx, exe)
	}
	for _, bias := range biases {
		exe.Bias = bias
		exe.setBounds()
		if same, known := exe.sameAs(c.Memory); same && known {
			return nil
		} else if same {
			c.note("whether %s is the executable that is debugged could not be checked", exe.Path)
			return nil
		}
	}
	if err := c.rpc.failed(); err != nil {
		return err
	}
	return fmt.Errorf("the executable %s is not the one that the Delve at %s debugs: name that with --exe", exe.Path, c.rpc.addr)
}

// biases are what may have been added to the executable's addresses.
func (c *Connection) biases(ctx context.Context, exe *Module) (all []uint64) {
	add := func(f *api.Function) {
		if f == nil || f.Value == 0 {
			return
		}
		if s, ok := exe.Symbol(f.Name()); ok && s.Addr <= f.Value && (f.Value-s.Addr)%minPage == 0 {
			all = append(all, f.Value-s.Addr)
		}
	}
	var list rpc2.ListGoroutinesOut
	if c.rpc.call(ctx, "ListGoroutines", rpc2.ListGoroutinesIn{Count: 1}, &list) == nil {
		for _, g := range list.Goroutines {
			add(g.StartLoc.Function)
			add(g.CurrentLoc.Function)
		}
	}
	for _, th := range c.before.Threads {
		add(th.Function)
	}
	return all
}

// sameAs tells whether memory has the module's notes, which hold its build id,
// or else its headers; known: there was something to compare.
func (m *Module) sameAs(memory Memory) (same, known bool) {
	for _, kind := range []elf.ProgType{elf.PT_NOTE, elf.PT_PHDR} {
		for _, s := range m.Segments {
			if s.Type != kind || s.Filesz == 0 {
				continue
			}
			size := min(s.Filesz, maxNotes)
			want, have := make([]byte, size), make([]byte, size)
			if _, err := m.reader.ReadAt(want, int64(s.Off)); err != nil {
				continue
			}
			if memory.Read(s.Vaddr+m.Bias, have) != nil || !bytes.Equal(want, have) {
				return false, true
			}
			known = true
		}
		if known {
			return true, true
		}
	}
	return true, false
}

// addLibraries adds the libraries that Delve knows, where this machine has
// the same.
func (c *Connection) addLibraries(ctx context.Context) error {
	var list rpc2.ListDynamicLibrariesOut
	if err := c.rpc.call(ctx, "ListDynamicLibraries", rpc2.ListDynamicLibrariesIn{}, &list); isRefusal(err) {
		c.note("%v: shared libraries are not read", err)
	} else if err != nil {
		return err
	}
	for i, lib := range list.List {
		if i == maxLibraries {
			break
		}
		c.Modules = append(c.Modules, c.library(lib))
	}
	return c.rpc.failed()
}

func (c *Connection) library(lib api.Image) *Module {
	missing := func(why error) *Module {
		m := MissingModule(lib.Path, why)
		m.Bias = lib.Address
		return m
	}
	if !filepath.IsAbs(lib.Path) {
		return missing(errors.New("its path is not known"))
	}
	if !isFile(lib.Path) {
		return missing(errors.New("it is not on this machine"))
	}
	f, err := os.Open(lib.Path)
	if err != nil {
		return missing(withoutPath(err))
	}
	m, err := OpenModule(lib.Path, f, lib.Address)
	if err != nil {
		f.Close()
		return missing(err)
	}
	if same, _ := m.sameAs(c.Memory); !same {
		m.Close()
		return missing(errors.New("the file of this name here is another"))
	}
	return m
}
