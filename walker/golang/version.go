package golang

import (
	"errors"
	"fmt"
	goversion "go/version"
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// findLayouts takes the layouts from the debug information; in a program
// without any, from the table of known versions.
func (p *program) findLayouts(img *dlvext.Image) error {
	p.version = p.recordedVersion(img)
	tables := parseTables(layoutTable)
	oldest, newest := endsOf(tables)
	newer := goversion.Compare(minorVersion(p.version), newest) > 0
	older := goversion.IsValid(minorVersion(p.version)) && goversion.Compare(minorVersion(p.version), oldest) < 0
	var err error
	if p.lay, err = newLayouts(debugInfo{img}); !errors.Is(err, errNoLayout) {
		switch {
		case newer:
			p.notes = append(p.notes, fmt.Sprintf("%s is newer than %s, the last that was tested: what it changed may be missing, or wrong", p.version, newest))
		case older && err != nil:
			return fmt.Errorf("%s is older than %s, the first that can be read", p.version, oldest)
		case older:
			p.notes = append(p.notes, fmt.Sprintf("%s is older than %s, the first that was tested: what is said may be wrong", p.version, oldest))
		}
		return err
	}
	minor := minorVersion(p.version)
	if newer {
		minor = newest
	}
	known := tables[minor]
	if known == nil {
		return fmt.Errorf("it was built without debug information, and the layouts of %s's structures are not known; build it with go build or go install, or with -ldflags='-s=0 -w=0'", p.version)
	}
	if p.lay, err = newLayouts(known); err != nil {
		return err
	}
	p.layoutSource = "table"
	p.notes = append(p.notes, "built without debug information (as by go run and go test, or -ldflags=-w): layouts are those of "+minor+" in a table")
	if newer {
		p.notes = append(p.notes, fmt.Sprintf("%s is newer than %s, the last that was tested: it may lay its structures out in another way, and then what is said is wrong", p.version, newest))
		p.guessed = true
	}
	return nil
}

// checkGuess refuses layouts of another version that cannot be true: they do
// not make a main goroutine of what must be it.
func (p *program) checkGuess(img *dlvext.Image) error {
	if !p.guessed {
		return nil
	}
	list := make([]byte, 8)
	addr, _, _ := p.global("runtime.allgs")
	if err := img.Memory.Read(addr, list); err != nil {
		return fmt.Errorf("the list of goroutines cannot be read: %w", err)
	}
	if !p.beginsWithMain(img, word(list, 0)) {
		return fmt.Errorf("it was built with %s, which lays its structures out in another way than the last version known, and without debug information that would say how; build it with go build or go install, or with -ldflags='-s=0 -w=0'", p.version)
	}
	return nil
}

// endsOf are the first and the last of the versions that the table has.
func endsOf(tables map[string]table) (oldest, newest string) {
	all := slices.SortedFunc(maps.Keys(tables), goversion.Compare)
	return all[0], all[len(all)-1]
}

// minorVersion cuts a version, such as go1.26.8 or devel go1.28-0123abcd, to
// go1.N. All releases of one have had the same layouts so far.
func minorVersion(version string) string {
	i := strings.Index(version, "go1.")
	if i < 0 {
		return ""
	}
	version = version[i+len("go1."):]
	end := 0
	for end < len(version) && version[end] >= '0' && version[end] <= '9' {
		end++
	}
	return "go1." + version[:end]
}

// recordedVersion is the Go version that the binary or the process states.
func (p *program) recordedVersion(img *dlvext.Image) string {
	if addr, _, ok := p.global("runtime.buildVersion"); ok {
		header := make([]byte, 16)
		if img.Memory.Read(addr, header) == nil && word(header, 1) <= 64 {
			s := make([]byte, word(header, 1))
			if img.Memory.Read(word(header, 0), s) == nil && len(s) > 0 {
				return string(s)
			}
		}
	}
	if info, err := p.modules[0].BuildInfo(); err == nil {
		return info.GoVersion
	}
	return "go"
}
