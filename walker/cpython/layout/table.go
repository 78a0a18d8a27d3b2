package layout

// The tables are a history: v38 is whole, and each later version is the one
// before it with what changed. The numbers were read from the debug
// information of one release of each version on x86-64; arm64 has the same
// pointers and alignments. Tests hold them against the releases they find.

// tables are the versions that can be read, by minor version of Python 3.
var tables = map[int]func() Layout{
	8: v38, 9: v39, 10: v310, 11: v311, 12: v312, 13: v313, 14: v314, 15: v315,
}

// Oldest and Newest are the minor versions of Python 3 that have a table.
const (
	Oldest = 8
	Newest = 15
)

// Table is the layout of a version by the table: a new copy each time. ok is
// false when no table has the minor version.
func Table(v Version) (l *Layout, ok bool) {
	f := tables[v.Minor]
	if v.Major != 3 || f == nil {
		return nil, false
	}
	t := f()
	t.Version = v
	t.Source = "table"
	return &t, true
}
