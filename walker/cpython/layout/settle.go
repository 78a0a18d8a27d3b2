package layout

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
)

// settle holds the layout against the interpreter's own structures, so that
// the memory of a build that differs is refused and not misread, and finds out
// how far it is in its life. An error names the interpreter.
func (i *Interpreter) settle(img *dlvext.Image) error {
	var err error
	// A thread may have ended between two reads of a process that runs.
	for range 3 {
		if err = i.look(img); err == nil {
			i.placeGenerations(img)
			return nil
		}
		var fault *dlvext.Fault
		if errors.As(err, &fault) {
			break
		}
	}
	return i.refuse("%w", err)
}

// look is one try of settle.
func (i *Interpreter) look(img *dlvext.Image) error {
	l := i.Layout
	finalizing, err := readWord(img, i.Runtime+uint64(l.Runtime.Finalizing))
	if err != nil {
		return err
	}
	state, err := readWord(img, i.Runtime+uint64(l.Runtime.InterpretersHead))
	if err != nil {
		return err
	}
	i.Phase = Running
	switch {
	case state == 0:
		i.Phase = Starting
		return nil
	case finalizing != 0:
		i.Phase = Finalizing
	}
	seen := map[uint64]bool{}
	for state != 0 && len(seen) < maxInterpreters {
		if state%8 != 0 || seen[state] {
			return errMisfit("its list of interpreters does not hold together")
		}
		seen[state] = true
		if err := i.lookAt(img, state); err != nil {
			return err
		}
		if state, err = readWord(img, state+uint64(l.Interp.Next)); err != nil {
			return err
		}
	}
	return nil
}

// maxInterpreters bounds the interpreters that are looked at.
const maxInterpreters = 1 << 12

// errMisfit says that the layout is not this interpreter's.
func errMisfit(what string) error {
	return fmt.Errorf("%s: a modified build?", what)
}

// lookAt holds the layout against one interpreter: its thread points back to
// it, and sys.modules is a dict. Both are absent in one that has just begun.
func (i *Interpreter) lookAt(img *dlvext.Image, state uint64) error {
	l := i.Layout
	thread, err := readWord(img, state+uint64(l.Interp.ThreadsHead))
	if err != nil {
		return err
	}
	if thread != 0 {
		if thread%8 != 0 {
			return errMisfit("its list of threads does not hold together")
		}
		back, err := readWord(img, thread+uint64(l.Thread.Interp))
		if err != nil {
			return err
		}
		if back != state {
			return errMisfit("its threads are of another interpreter")
		}
	}
	modules, err := readWord(img, state+uint64(l.Interp.Modules))
	if err != nil || modules == 0 {
		return err
	}
	if modules%8 != 0 {
		return errMisfit("its sys.modules is no object")
	}
	typ, err := readWord(img, modules+uint64(l.Object.Type))
	if err != nil {
		return err
	}
	if typ%8 != 0 {
		return errMisfit("its sys.modules has no type")
	}
	name, err := readWord(img, typ+uint64(l.Type.Name))
	if err != nil {
		return err
	}
	// The name lies in the file's read-only data, which a core need not have.
	if text, err := dlvext.ReadCString(img.Memory, name, 16); err == nil && text != "dict" {
		return errMisfit(fmt.Sprintf("its sys.modules is a %.16q, and no dict", text))
	}
	return nil
}

// placeGenerations corrects where the garbage collector's lists begin, by the
// pointer to the first of them: in 3.13.0 they are 24 bytes into its state, in
// 3.13.18 only 20, and debug offsets do not tell.
func (i *Interpreter) placeGenerations(img *dlvext.Image) {
	l := i.Layout
	state := i.Runtime + uint64(l.GC.Runtime)
	if l.GC.Runtime == Absent {
		interp, err := readWord(img, i.Runtime+uint64(l.Runtime.InterpretersHead))
		if err != nil || interp == 0 {
			return
		}
		state = interp + uint64(l.Interp.GC)
	}
	const before = 64 // bytes that stand before the lists at most
	if first, err := readWord(img, state+uint64(l.GC.Generation0)); err == nil && first >= state && first-state < before {
		l.GC.Generations = int(first - state)
	}
}

// readWord reads 8 bytes.
func readWord(img *dlvext.Image, addr uint64) (uint64, error) {
	buf, err := readBytes(img, addr, 8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(buf), nil
}

// readBytes reads n bytes: what is asked for, and no page around it.
func readBytes(img *dlvext.Image, addr uint64, n int) ([]byte, error) {
	buf := make([]byte, n)
	if err := img.Memory.Read(addr, buf); err != nil {
		return nil, err
	}
	return buf, nil
}
