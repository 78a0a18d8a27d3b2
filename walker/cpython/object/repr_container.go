package object

import "iter"

// items prints items between brackets. all is how many there are; deep: they
// stand too deep to be printed.
func (p *printer) items(open, end string, items []Ref, all int64, depth int) {
	p.print(open)
	if depth >= p.b.Depth && all > 0 {
		items = nil
	}
	for i, it := range items {
		if p.full() {
			return
		}
		if i > 0 {
			p.print(", ")
		}
		p.value(it, depth+1)
	}
	switch {
	case int64(len(items)) < all && len(items) > 0:
		p.print(", …")
	case int64(len(items)) < all:
		p.print("…")
	case all == 1 && open == "(":
		p.print(",")
	}
	p.print(end)
}

func (p *printer) list(o Ref, depth int) {
	items, n := p.r.list(o, int64(p.b.Items))
	p.items("[", "]", items, n, depth)
}

func (p *printer) tuple(o Ref, depth int) {
	items, n := p.r.tuple(o, int64(p.b.Items))
	p.items("(", ")", items, n, depth)
}

func (p *printer) set(o Ref, depth int) {
	items, n := p.r.set(o, int64(p.b.Items))
	frozen := p.r.Type(o).full == "frozenset"
	switch {
	case n == 0 && frozen:
		p.print("frozenset()")
	case n == 0:
		p.print("set()")
	case frozen:
		p.items("frozenset({", "})", items, n, depth)
	default:
		p.items("{", "}", items, n, depth)
	}
}

func (p *printer) deque(o Ref, depth int) {
	items, n := p.r.deque(o, int64(p.b.Items))
	end := "])"
	if most := p.r.I64(o.at(p.r.l.Container.DequeMaxLen)); most >= 0 && p.r.err == nil {
		end = "], maxlen=" + dec(most) + ")"
	}
	p.items("deque([", end, items, n, depth)
}

func (p *printer) dict(o Ref, depth int) {
	used := p.r.I64(o.at(p.r.l.Dict.Used))
	if p.r.err != nil {
		return
	}
	p.print("{")
	defer p.print("}")
	if used != 0 && depth >= p.b.Depth {
		p.print("…")
		return
	}
	n := 0
	for k, v := range p.r.Dict(o) {
		if p.full() {
			return
		}
		if n > 0 {
			p.print(", ")
		}
		if n++; n > p.b.Items {
			p.print("…")
			return
		}
		p.value(k, depth+1)
		p.print(": ")
		p.named(p.keyName(k), v, depth+1)
	}
}

// keyName is a key of a dict, when somebody wants to know and it is a str.
func (p *printer) keyName(k Ref) string {
	if p.b.Hide == nil || p.r.Type(k).Flags&flagStr == 0 {
		return ""
	}
	return p.r.Str(k)
}

// hidden stands for the value of a name that is to be hidden.
const hidden = "<hidden>"

// named prints the value of a name.
func (p *printer) named(name string, v Ref, depth int) {
	if p.b.Hide != nil && name != "" && p.b.Hide(name) {
		p.print(hidden)
		return
	}
	p.value(v, depth)
}

// fields prints name=value for each, and says whether there was any.
func (p *printer) fields(before string, fields iter.Seq2[string, Ref], depth int) {
	n := 0
	for name, v := range fields {
		if p.full() {
			return
		}
		if n == 0 {
			p.print(before)
		} else {
			p.print(", ")
		}
		if n++; n > p.b.Items || depth >= p.b.Depth {
			p.print("…")
			return
		}
		p.print(plainName(name) + "=")
		p.named(name, v, depth+1)
	}
}
