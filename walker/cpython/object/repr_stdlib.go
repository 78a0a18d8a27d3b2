package object

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// What follows the header of these is the same in all versions.
//
//   - https://github.com/python/cpython/blob/v3.12.1/Include/datetime.h
//   - https://github.com/python/cpython/blob/v3.12.1/Objects/rangeobject.c (rangeobject)
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/sliceobject.h
const (
	rangeStart = 16 // start, stop, step: objects
	sliceStart = 16 // the same

	deltaDays    = 24 // days, seconds, microseconds: int32
	dateHasZone  = 24 // one byte
	dateData     = 25 // of date 4 bytes, of datetime 10: year (2, the high one first), month, day, hour, minute, second, microsecond (3)
	timeData     = 25 // 6 bytes: hour, minute, second, microsecond (3)
	datetimeZone = 40 // an object, if it has one
	timeZone     = 32
	zoneOffset   = 16 // a timedelta
	zoneName     = 24 // a str, if it has one
)

func (p *printer) rangeObject(o Ref, depth int) {
	p.print("range(")
	p.value(p.r.Ref(o.at(rangeStart)), depth+1)
	p.print(", ")
	p.value(p.r.Ref(o.at(rangeStart+8)), depth+1)
	if step := p.r.Ref(o.at(rangeStart + 16)); step != 0 {
		if n, ok := p.r.Int(step); !ok || n != 1 {
			p.print(", ")
			p.value(step, depth+1)
		}
	}
	p.print(")")
}

func (p *printer) slice(o Ref, depth int) {
	for i, before := range []string{"slice(", ", ", ", "} {
		p.print(before)
		p.value(p.r.Ref(o.at(sliceStart+8*i)), depth+1)
	}
	p.print(")")
}

func (p *printer) timedelta(o Ref, _ int) {
	var parts []string
	for i, name := range []string{"days", "seconds", "microseconds"} {
		if n := p.r.I32(o.at(deltaDays + 4*i)); n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", name, n))
		}
	}
	if parts == nil {
		parts = []string{"0"}
	}
	p.print("datetime.timedelta(" + strings.Join(parts, ", ") + ")")
}

func (p *printer) date(o Ref, _ int) {
	b := p.r.Bytes(o.at(dateData), 4)
	if b != nil {
		p.printf("datetime.date(%d, %d, %d)", binary.BigEndian.Uint16(b), b[2], b[3])
	}
}

func (p *printer) datetime(o Ref, depth int) {
	b := p.r.Bytes(o.at(dateData), 10)
	if b != nil {
		p.printf("datetime.datetime(%d, %d, %d, ", binary.BigEndian.Uint16(b), b[2], b[3])
		p.clock(b[4:], o, datetimeZone, depth)
	}
}

func (p *printer) time(o Ref, depth int) {
	b := p.r.Bytes(o.at(timeData), 6)
	if b != nil {
		p.print("datetime.time(")
		p.clock(b, o, timeZone, depth)
	}
}

// clock prints the time of a day: seconds and microseconds when there are any.
func (p *printer) clock(b []byte, o Ref, zone, depth int) {
	p.printf("%d, %d", b[0], b[1])
	micro := int(b[3])<<16 | int(b[4])<<8 | int(b[5])
	if b[2] != 0 || micro != 0 {
		p.printf(", %d", b[2])
	}
	if micro != 0 {
		p.printf(", %d", micro)
	}
	if p.r.U8(o.at(dateHasZone)) != 0 {
		p.print(", tzinfo=")
		p.value(p.r.Ref(o.at(zone)), depth+1)
	}
	p.print(")")
}

func (p *printer) timezone(o Ref, depth int) {
	offset, name := p.r.Ref(o.at(zoneOffset)), p.r.Ref(o.at(zoneName))
	days, seconds := p.r.U64(offset.at(deltaDays)), p.r.U32(offset.at(deltaDays+8))
	if name == 0 && days == 0 && seconds == 0 {
		p.print("datetime.timezone.utc")
		return
	}
	p.print("datetime.timezone(")
	p.value(offset, depth+1)
	if name != 0 {
		p.print(", ")
		p.value(name, depth+1)
	}
	p.print(")")
}
