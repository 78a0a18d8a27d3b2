package layout

import (
	"fmt"
	"strconv"
)

// Version is a version of CPython.
type Version struct {
	Major, Minor int
	Micro        int    // -1: not known
	Suffix       string // a1, b2, rc1; empty: a release
}

// AtLeast tells whether it is this minor version or a later one.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// String is the version as CPython writes it: 3.14.6, 3.15.0rc1; 3.8 when no
// more is known.
func (v Version) String() string {
	if v.Micro < 0 {
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return fmt.Sprintf("%d.%d.%d%s", v.Major, v.Minor, v.Micro, v.Suffix)
}

// hexVersion decodes PY_VERSION_HEX; ok is false when it is no version of
// Python 3.
//
// https://github.com/python/cpython/blob/v3.14.0/Include/patchlevel.h
func hexVersion(hex uint64) (v Version, ok bool) {
	v = Version{Major: int(hex >> 24 & 0xff), Minor: int(hex >> 16 & 0xff), Micro: int(hex >> 8 & 0xff)}
	serial := strconv.FormatUint(hex&0xf, 10)
	switch hex >> 4 & 0xf {
	case 0xa:
		v.Suffix = "a" + serial
	case 0xb:
		v.Suffix = "b" + serial
	case 0xc:
		v.Suffix = "rc" + serial
	case 0xf:
	default:
		return Version{}, false
	}
	return v, hex>>32 == 0 && v.Major == 3 && v.Minor < 100
}
