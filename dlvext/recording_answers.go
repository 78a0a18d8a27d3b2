package dlvext

import "fmt"

// answers are what a recorded module said when it was asked for types and
// global variables.
type answers struct {
	module *recordedModule
	types  []*Type
}

// recordedError is an error that a recording holds.
type recordedError struct {
	text   string
	absent bool
}

func (e *recordedError) Error() string        { return e.text }
func (e *recordedError) Is(target error) bool { return e.absent && target == ErrAbsent }

// check refuses answers that refer to types that are not there.
func (a *answers) check() error {
	for _, all := range []map[string]recordedAnswer{a.module.Types, a.module.Globals} {
		for name, one := range all {
			if one.Err == "" && (one.Type < 1 || one.Type > len(a.types)) {
				return fmt.Errorf("there is no type %d, which %s has", one.Type, name)
			}
		}
	}
	return nil
}

// find returns an answer as it was. A question that was never asked has no
// answer, not even that there is no such thing.
func (a *answers) find(all map[string]recordedAnswer, what, name string) (*Type, uint64, error) {
	one, ok := all[name]
	switch {
	case !ok:
		return nil, 0, fmt.Errorf("%s %s of %s: %s", what, name, a.module.Path, whyNotRecorded)
	case one.Err != "":
		return nil, 0, &recordedError{one.Err, one.Absent}
	}
	return a.types[one.Type-1], one.Addr + a.module.Bias, nil
}
