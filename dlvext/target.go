package dlvext

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/go-delve/delve/pkg/proc"
)

// delve is the Delve target over an image, made when it is first asked for.
type delve struct {
	once   sync.Once
	mu     sync.Mutex // a target serves one caller at a time
	target *proc.Target
	err    error
	limit  readLimit
	index  func() (map[int64]int, error) // where in allgs a goroutine is
}

// Target returns a Delve target over the image, so that Delve's symbols,
// unwinder and evaluator work on a capture, a core and a recording alike. It
// can read and nothing else: every write, breakpoint and continuation is
// refused.
//
// A Delve target serves one caller at a time. The methods of Image that use
// it ([Image.Eval], [Image.Unwind], ...) see to that among themselves; they
// are what to use instead wherever they do.
func (img *Image) Target() (*proc.Target, error) {
	d := &img.delve
	d.once.Do(func() {
		d.err = guard(func() (err error) {
			d.target, err = img.newTarget()
			return err
		})
		d.index = sync.OnceValues(img.indexGoroutines)
	})
	return d.target, d.err
}

// withTarget calls do with the target, alone, and turns a panic into an error.
func (img *Image) withTarget(do func(t *proc.Target) error) error {
	t, err := img.Target()
	if err != nil {
		return err
	}
	img.delve.mu.Lock()
	defer img.delve.mu.Unlock()
	img.delve.limit = readLimit{on: true, left: maxDelveReads}
	defer func() { img.delve.limit.on = false }()
	return guard(func() error { return do(t) })
}

// guard turns a panic into an error: Delve trusts what it reads in places.
func guard(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("Delve cannot make sense of the target's memory: %v", r)
		}
	}()
	return do()
}

// maxGoModules bounds the modules of a Go program: it and its plugins.
const maxGoModules = 1 << 10

func (img *Image) newTarget() (*proc.Target, error) {
	if len(img.Modules) == 0 {
		return nil, errors.New("Delve cannot be used: no executable is known")
	}
	exe := img.Modules[0]
	if exe.Err != nil {
		return nil, exe.Err
	}
	// Delve writes a warning to this program's standard error if there is
	// none, and could do nothing without.
	if _, err := exe.types(); err != nil {
		return nil, fmt.Errorf("Delve cannot be used: %s: %w", exe.Path, err)
	}
	if err := img.checkGoModules(); err != nil {
		return nil, err
	}
	name, err := exe.fileName()
	if err != nil {
		return nil, fmt.Errorf("Delve cannot be used: %w", err)
	}
	b := newBackend(img)
	_, add := proc.NewGroup(b, proc.NewTargetGroupConfig{DebugInfoDirs: exe.DebugDirs, StopReason: proc.StopAttached})
	t, err := add(b, img.PID, b.threads[0], name, proc.StopAttached, "")
	if err != nil {
		return nil, fmt.Errorf("Delve cannot be used: %w", err)
	}
	for _, m := range img.Modules[1:] {
		if name, err := m.fileName(); err == nil {
			// One without debug information is an error, and of no harm.
			_ = b.bi.AddImage(name, m.Bias)
		}
	}
	img.onClose(b.bi.Close)
	return t, nil
}

// fileName returns a path at which the module's file can be opened again,
// even when it was removed or replaced since.
func (m *Module) fileName() (string, error) {
	f, ok := m.reader.(interface {
		Name() string
		Stat() (os.FileInfo, error)
		Fd() uintptr
	})
	if m.Err != nil || !ok {
		return "", cmp.Or(m.Err, fmt.Errorf("%s is not a file of this machine", m.Path))
	}
	opened, err := f.Stat()
	if err != nil {
		return "", err
	}
	if now, err := os.Stat(f.Name()); err == nil && os.SameFile(opened, now) {
		return f.Name(), nil
	}
	return fmt.Sprintf("/proc/self/fd/%d", f.Fd()), nil
}

// checkGoModules follows the runtime's list of modules, which Delve follows
// too, wherever it leads.
func (img *Image) checkGoModules() error {
	v := img.Global("runtime.firstmoduledata")
	seen := map[uint64]bool{}
	for v.Err() == nil {
		if seen[v.Addr()] || len(seen) == maxGoModules {
			return errors.New("Delve cannot be used: the Go runtime's list of modules is damaged")
		}
		seen[v.Addr()] = true
		v = v.Field("next").Deref()
	}
	return nil // the list's end, or not Go, or what Delve sees and reports itself
}
