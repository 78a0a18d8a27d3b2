package golang

// byAddress finds things by where they begin in the target's memory, as a map does,
// where there may be a million: those of one sort were mostly allocated side by
// side and are met nearly in that order, so that a map of regions stays in the
// processor's cache, and one of addresses would not.
type byAddress[T any] struct {
	regions map[uint64]*region[T]
	number  uint64     // of the region that was asked for last
	last    *region[T] // nil: none yet
	crossed map[uint64]**T
}

// The things are hchans and sudogs, which take more than 64 bytes: at most one of
// them begins in any place of a region. Where two seem to, as in memory that is torn,
// the second is one of those crossed.
const (
	logPlace     = 6
	logRegion    = 11
	regionPlaces = 1 << (logRegion - logPlace)
)

// region is what begins in one region of memory.
type region[T any] [regionPlaces]struct {
	addr  uint64 // 0: none yet
	thing *T
}

func newByAddress[T any]() byAddress[T] {
	return byAddress[T]{regions: map[uint64]*region[T]{}, crossed: map[uint64]**T{}}
}

// at returns what begins at an address; nil when there is no such thing.
func (b *byAddress[T]) at(addr uint64) *T {
	if r := b.regions[addr>>logRegion]; r != nil {
		if place := &r[addr>>logPlace%regionPlaces]; place.addr == addr {
			return place.thing
		}
		if crossed := b.crossed[addr]; crossed != nil {
			return *crossed
		}
	}
	return nil
}

// place returns where what begins at an address, which is not 0, is kept: nil while there
// is no such thing.
func (b *byAddress[T]) place(addr uint64) **T {
	if number := addr >> logRegion; b.last == nil || number != b.number {
		r := b.regions[number]
		if r == nil {
			r = new(region[T])
			b.regions[number] = r
		}
		b.number, b.last = number, r
	}
	place := &b.last[addr>>logPlace%regionPlaces]
	if place.addr == 0 {
		place.addr = addr
	}
	if place.addr == addr {
		return &place.thing
	}
	if b.crossed[addr] == nil {
		b.crossed[addr] = new(*T)
	}
	return b.crossed[addr]
}
