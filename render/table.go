package render

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// columnGap is the space between two columns.
const columnGap = 2

// table prints the tasks under the columns, and returns the titles of those
// that there was no room for. Cells are made twice, once to measure and once
// to print: kept, those of a million tasks would take more memory than the tasks.
func (v *view) table(cols []column, tasks []*graph.Task) (left []string) {
	widths := make([]int, len(cols))
	for i, c := range cols {
		for _, t := range tasks {
			widths[i] = max(widths[i], columns(safe(c.cell(v, t), v.ascii)))
		}
		if widths[i] > 0 || c.yield == 0 {
			widths[i] = max(widths[i], columns(c.title))
		}
	}
	cols, widths, left = v.fit(cols, widths)
	line := v.text()
	put := func(st style, s string, i int) {
		s = cols[i].squeeze(safe(s, v.ascii), widths[i], v.ellipsis)
		if cols[i].right {
			line.pad(line.width + widths[i] - columns(s))
		}
		start := line.width
		line.add(st, s)
		if i < len(cols)-1 {
			if !cols[i].right {
				line.pad(start + widths[i])
			}
			line.pad(line.width + columnGap)
		}
	}
	for i, c := range cols {
		put(strong, c.title, i)
	}
	v.row(line)
	for _, t := range tasks {
		line.spans, line.width = line.spans[:0], 0
		for i, c := range cols {
			st := normal
			if c.name == "id" {
				st = ident
			}
			put(st, c.cell(v, t), i)
		}
		v.row(line)
	}
	return left
}

// leastPart is how much must stay of the part of a cell that is shortened
// for the sake of the other.
const leastPart = 8

// squeeze shortens a cell. Where it can it leaves the last word whole (the
// file and line behind a function), or else all but the last word (what is
// done with the thing at an address).
func (c column) squeeze(s string, width int, ellipsis string) string {
	if columns(s) <= width {
		return s
	}
	last := s[strings.LastIndexByte(s, ' ')+1:]
	front := strings.TrimSuffix(s[:len(s)-len(last)], " ")
	if room := width - 1 - columns(last); c.keepsLast && front != "" && room >= leastPart {
		return shorten(front, room, ellipsis) + " " + last
	}
	if room := width - 1 - columns(front); !c.keepsLast && front != "" && room >= leastPart {
		return front + " " + shorten(last, room, ellipsis)
	}
	return shorten(s, width, ellipsis)
}

// atLeast is what a column needs of what it would take to say anything.
func (c column) atLeast(width int) int {
	if c.least == 0 {
		return width
	}
	return min(width, c.least)
}

// fit makes the columns fit the width: empty ones go, then those that yield,
// then the widest are narrowed.
func (v *view) fit(cols []column, widths []int) (kept []column, fitted []int, left []string) {
	for i, c := range cols {
		if widths[i] > 0 {
			kept, fitted = append(kept, c), append(fitted, widths[i])
		}
	}
	for {
		need, yielding := -columnGap, -1
		for i, c := range kept {
			need += c.atLeast(fitted[i]) + c.spare + columnGap
			if c.yield > 0 && (yielding < 0 || c.yield > kept[yielding].yield) {
				yielding = i
			}
		}
		if need <= v.width || yielding < 0 {
			break
		}
		left = append([]string{kept[yielding].name}, left...)
		kept = append(kept[:yielding:yielding], kept[yielding+1:]...)
		fitted = append(fitted[:yielding:yielding], fitted[yielding+1:]...)
	}
	tighten(kept, fitted, v.width)
	return kept, fitted, left
}

// tighten takes columns off the widest cells until the line fits: first down
// to what each needs to say anything, then further.
func tighten(cols []column, widths []int, width int) {
	total := -columnGap
	for _, w := range widths {
		total += w + columnGap
	}
	for total > width {
		widest, spare := -1, -1
		for i, w := range widths {
			if w > 1 && (widest < 0 || w > widths[widest]) {
				widest = i
			}
			if w > cols[i].atLeast(w) && (spare < 0 || w > widths[spare]) {
				spare = i
			}
		}
		if spare >= 0 {
			widest = spare
		}
		if widest < 0 {
			return // more columns than the width has; the line is cut
		}
		widths[widest]--
		total--
	}
}
