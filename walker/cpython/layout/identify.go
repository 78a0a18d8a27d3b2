package layout

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// firstDescribed is the first minor version with debug offsets.
const firstDescribed = 13

// readDescription reads the debug offsets, and the version from them.
func (i *Interpreter) readDescription(img *dlvext.Image) (described, error) {
	head, err := readBytes(img, i.Runtime, len(cookie)+16)
	if err != nil {
		return nil, i.refuse("%w", err)
	}
	v, ok := hexVersion(binary.LittleEndian.Uint64(head[8:]))
	i.Version, i.Known = v, "its debug offsets"
	switch freeThreaded := binary.LittleEndian.Uint64(head[16:]); {
	case !ok:
		return nil, i.refuse("its debug offsets have no version of Python 3")
	case freeThreaded > 1:
		return nil, i.refuse("its debug offsets say neither that it has a GIL nor that it has none")
	case freeThreaded == 1:
		return nil, i.freeThreaded()
	case v.Minor < firstDescribed:
		return nil, i.refuse("CPython %d.%d has no debug offsets, and this has: a modified build", v.Major, v.Minor)
	}
	return readWords(img, i.Runtime+uint64(len(cookie)), headers[min(v.Minor, Newest)])
}

// readAsyncio reads what the module _asyncio tells, which is in a library of
// its own or in what holds the runtime. Both results are nil when there is no
// such section.
func readAsyncio(img *dlvext.Image, runtime *dlvext.Module) (words described, where string, err error) {
	for _, m := range img.Modules {
		if m != runtime && !strings.Contains(m.Path, "/_asyncio.") {
			continue
		}
		if s, ok := m.Section(asyncioSection); ok && s.Size >= uint64(8*len(asyncioHeader)) {
			words, err = readWords(img, s.Addr, asyncioHeader)
			return words, m.Path, err
		}
	}
	return nil, "", nil
}

// readWords reads words of 8 bytes with these names.
func readWords(img *dlvext.Image, addr uint64, names []string) (described, error) {
	buf, err := readBytes(img, addr, 8*len(names))
	if err != nil {
		return nil, err
	}
	d := described{}
	for n, name := range names {
		d[name] = binary.LittleEndian.Uint64(buf[8*n:])
	}
	return d, nil
}

// freeThreaded refuses a build without the GIL: its objects begin otherwise,
// and its tasks are found otherwise.
func (i *Interpreter) freeThreaded() error {
	return fmt.Errorf("CPython %d.%dt (free-threaded, %s) cannot be read yet: only builds with the GIL can", i.Version.Major, i.Version.Minor, i.Module.Path)
}

// nameVersion finds the version of an interpreter without debug offsets: from
// the variable Py_Version, which 3.11 and later have, from the names of files,
// or from a text in it.
func (i *Interpreter) nameVersion(img *dlvext.Image) error {
	name := nameOf(i.Module.Path)
	named, ok := name.version()
	if ok {
		i.Version, i.Known = named, "the file's name"
	}
	if v, ok := symbolVersion(img, i.Module); ok {
		i.Version, i.Known = v, "Py_Version"
	}
	if i.Known == "" {
		v, ok := textVersion(i.Module)
		if !ok {
			return fmt.Errorf("a CPython (%s) cannot be read: nothing tells its version, neither Py_Version, nor the file's name, nor a text in it", i.Module.Path)
		}
		i.Version, i.Known = v, "a text in the file"
	}
	switch {
	case strings.Contains(name.flags, "t"):
		return i.freeThreaded()
	case strings.Contains(name.flags, "d"):
		i.note("%s is a debug build, whose structures may differ", i)
	}
	return nil
}

// symbolVersion reads Py_Version, an unsigned long that never changes.
//
// https://github.com/python/cpython/blob/v3.11.7/Python/getversion.c
func symbolVersion(img *dlvext.Image, m *dlvext.Module) (Version, bool) {
	s, ok := m.Symbol("Py_Version")
	if !ok {
		return Version{}, false
	}
	buf, err := readBytes(img, s.Addr, 8)
	if err != nil {
		return Version{}, false
	}
	return hexVersion(binary.LittleEndian.Uint64(buf))
}

const (
	maxText   = 64 << 20 // bytes of a file to look for the version in
	textChunk = 1 << 18
)

// The tag of bytecode files is a string of its own in all versions. (PY_VERSION
// is one too, but linkers merge it with longer ones that end alike.)
//
// https://github.com/python/cpython/blob/v3.8.18/Python/sysmodule.c
var versionText = regexp.MustCompile(`cpython-3(\d{1,2})\x00`)

// textVersion looks for the version's text in what a file maps read-only. Two
// that differ say nothing.
func textVersion(m *dlvext.Module) (v Version, ok bool) {
	left := maxText
	for _, s := range m.Segments {
		start := s.Vaddr + m.Bias
		if !m.ReadOnly(start, 1) {
			continue
		}
		const overlap = 32 // of chunks, for what lies across
		for at := uint64(0); at < s.Filesz && left > 0; at += textChunk - overlap {
			buf := make([]byte, min(textChunk, s.Filesz-at))
			left -= len(buf)
			if m.ReadFile(start+at, buf) != nil {
				break
			}
			for _, found := range versionText.FindAllSubmatch(buf, -1) {
				one := Version{Major: 3, Micro: -1}
				one.Minor, _ = strconv.Atoi(string(found[1]))
				if ok && one != v {
					return Version{}, false
				}
				v, ok = one, true
			}
		}
	}
	return v, ok
}
