package dlvext

import (
	"debug/dwarf"
	"errors"
	"fmt"
)

// A scan of .debug_info for names. [dwarf.Reader] makes an Entry with all
// its attributes of everything that it passes, which takes 0.5 us each and
// half a second over a large program; to find the few types that a walk
// needs, only tags and names matter. Layouts are then read with dwarf.Reader.
//
// The format: DWARF 5, section 7.5 (https://dwarfstd.org/dwarf5std.html), and
// version 4, which Go writes before 1.25.

// unit is the header of one compilation unit.
type unit struct {
	start, first, end int // in .debug_info: of the header, of the first entry, past the last
	version           int
	wide              bool // 64-bit DWARF: section offsets of 8 bytes
	addrSize          int
	abbrevs           map[uint64]abbrev

	name     string
	language int64
	strBase  uint64 // its part of .debug_str_offsets
	addrBase uint64 // its part of .debug_addr
}

// entry is what a scan tells of one entry.
type entry struct {
	offset dwarf.Offset
	tag    dwarf.Tag
	name   string
	typ    uint64 // of a Go type that the runtime describes too: where, from runtime.types on; else 0
}

type abbrev struct {
	tag      dwarf.Tag
	children bool
	attrs    []abbrevAttr
}

type abbrevAttr struct {
	attr dwarf.Attr
	form uint64
}

var errDWARF = errors.New("broken debug information")

// scanUnits reads the headers of all units, and of each its name.
func scanUnits(sections map[string][]byte) ([]*unit, error) {
	info := sections[".debug_info"]
	tables := map[uint64]map[uint64]abbrev{}
	var units []*unit
	for at := 0; at < len(info); {
		c := decoder{data: info, pos: at}
		u := &unit{start: at}
		length := c.uint(4)
		if length == 0xffffffff {
			u.wide = true
			length = c.uint(8)
		}
		if c.bad || length == 0 || length > uint64(len(info)-c.pos) {
			return units, fmt.Errorf("%w: unit at %#x", errDWARF, at)
		}
		u.end = c.pos + int(length)
		at = u.end
		u.version = int(c.uint(2))
		var table uint64
		kind := uint64(1) // DW_UT_compile
		switch {
		case u.version == 5:
			kind, u.addrSize = c.uint(1), int(c.uint(1))
			table = c.uint(u.offsetSize())
		case u.version >= 2 && u.version <= 4:
			table = c.uint(u.offsetSize())
			u.addrSize = int(c.uint(1))
		default:
			continue // of a version that is not known: nothing in it can be read
		}
		if kind != 1 && kind != 3 { // DW_UT_partial; type and split units are not what linkers leave in programs
			continue
		}
		u.first = c.pos
		if c.bad || u.first > u.end {
			return units, fmt.Errorf("%w: unit at %#x", errDWARF, u.start)
		}
		if tables[table] == nil {
			t, err := readAbbrevs(sections[".debug_abbrev"], table)
			if err != nil {
				return units, err
			}
			tables[table] = t
		}
		u.abbrevs = tables[table]
		u.describe(sections)
		units = append(units, u)
	}
	return units, nil
}

func (u *unit) offsetSize() int {
	if u.wide {
		return 8
	}
	return 4
}

// readAbbrevs reads the table of abbreviations at an offset of .debug_abbrev.
func readAbbrevs(data []byte, offset uint64) (map[uint64]abbrev, error) {
	if offset > uint64(len(data)) {
		return nil, fmt.Errorf("%w: abbreviations at %#x", errDWARF, offset)
	}
	c := decoder{data: data, pos: int(offset)}
	table := map[uint64]abbrev{}
	for {
		code := c.uleb()
		if code == 0 {
			break
		}
		a := abbrev{tag: dwarf.Tag(c.uleb()), children: c.uint(1) != 0}
		for {
			attr, form := c.uleb(), c.uleb()
			if form == formImplicitConst {
				c.sleb()
			}
			if c.bad || attr == 0 && form == 0 {
				break
			}
			a.attrs = append(a.attrs, abbrevAttr{dwarf.Attr(attr), form})
		}
		if c.bad {
			break
		}
		table[code] = a
	}
	if c.bad {
		return nil, fmt.Errorf("%w: abbreviations at %#x", errDWARF, offset)
	}
	return table, nil
}

// describe reads the unit's own entry: name and language.
func (u *unit) describe(sections map[string][]byte) {
	c := decoder{data: sections[".debug_info"][:u.end], pos: u.first}
	a := u.abbrevs[c.uleb()]
	var name value
	for _, at := range a.attrs {
		v := c.form(at.form, u)
		switch at.attr {
		case dwarf.AttrName:
			name = v
		case dwarf.AttrLanguage:
			u.language = int64(v.num)
		case dwarf.AttrStrOffsetsBase:
			u.strBase = v.num
		case dwarf.AttrAddrBase:
			u.addrBase = v.num
		}
	}
	if !c.bad {
		u.name = name.string(u, sections)
	}
}

// scan calls found for each child of the unit's own entry that has a name
// and one of the wanted tags, and passes over what is below them.
func (u *unit) scan(sections map[string][]byte, want func(dwarf.Tag) bool, found func(entry)) error {
	c := decoder{data: sections[".debug_info"][:u.end], pos: u.first}
	depth := 0
	for c.pos < u.end {
		offset := c.pos
		code := c.uleb()
		if code == 0 {
			if depth--; depth <= 0 {
				return nil
			}
			continue
		}
		a, ok := u.abbrevs[code]
		if !ok {
			return fmt.Errorf("%w: unknown abbreviation %d at %#x", errDWARF, code, offset)
		}
		named := depth == 1 && want(a.tag)
		declared := false // only: what it is stands elsewhere
		var name, typ value
		sibling := 0
		for _, at := range a.attrs {
			switch {
			case named && at.attr == dwarf.AttrName:
				name = c.form(at.form, u)
			case at.attr == attrGoRuntimeType:
				typ = c.form(at.form, u)
			case at.attr == dwarf.AttrDeclaration:
				v := c.form(at.form, u)
				declared = v.num != 0 || v.form == formFlagPresent
			case at.attr == dwarf.AttrSibling && depth > 0:
				sibling = u.start + int(c.form(at.form, u).num&0x7fffffff)
			default:
				c.form(at.form, u)
			}
		}
		if c.bad {
			return fmt.Errorf("%w: entry at %#x", errDWARF, offset)
		}
		if named && !declared {
			if s := name.string(u, sections); s != "" {
				found(entry{dwarf.Offset(offset), a.tag, s, typ.num})
			}
		}
		switch {
		case a.children && sibling > c.pos && sibling < u.end:
			c.pos = sibling
		case a.children:
			depth++
		case depth == 0:
			return nil
		}
	}
	return nil
}
