package dlvext

import (
	"debug/buildinfo"
	"fmt"
	"runtime/debug"
)

// BuildInfo is what the Go toolchain recorded of how the module was built:
// its own module, and those it depends on. The error says that the file is no
// Go program, or cannot be read.
func (m *Module) BuildInfo() (info *debug.BuildInfo, err error) {
	if m.reader == nil {
		return nil, m.noFile()
	}
	// The file may be anything, and debug/buildinfo was written for files of
	// the toolchain's own.
	defer func() {
		if r := recover(); r != nil {
			info, err = nil, fmt.Errorf("cannot read the build information of %s: %v", m.Path, r)
		}
	}()
	info, err = buildinfo.Read(m.contents())
	if err != nil {
		return nil, fmt.Errorf("cannot read the build information of %s: %w", m.Path, err)
	}
	return info, nil
}
