package golang

// byAddress finds things by where they begin in the target's memory, as a map does,
// where there may be a million: those of one sort were mostly allocated side by
// side and are met nearly in that order, so that a map of regions stays in the
// processor's cache, and one of addresses would not.
//
// None is smaller than leastSize. Where two seem to begin within that, as in memory
// that is torn, the later one stays.
type byAddress[T any] struct {
	regions map[uint64]*region[T]
	number  uint64     // of the region last added to
	last    *region[T] // nil: none yet
}

// leastSize is less than what an hchan or a sudog takes, in bytes.
const (
	logLeastSize = 6
	logRegion    = 11
	regionPlaces = 1 << (logRegion - logLeastSize)
)

// region is what begins in one region of memory.
type region[T any] [regionPlaces]struct {
	addr  uint64
	thing *T
}

func newByAddress[T any]() byAddress[T] { return byAddress[T]{regions: map[uint64]*region[T]{}} }

// at returns what begins at an address; nil when there is no such thing.
func (b *byAddress[T]) at(addr uint64) *T {
	r := b.regions[addr>>logRegion]
	if r == nil {
		return nil
	}
	if place := &r[addr>>logLeastSize%regionPlaces]; place.addr == addr {
		return place.thing
	}
	return nil
}

// place returns where what begins at an address is kept, or nil for nothing.
func (b *byAddress[T]) place(addr uint64) **T {
	if number := addr >> logRegion; b.last == nil || number != b.number {
		r := b.regions[number]
		if r == nil {
			r = new(region[T])
			b.regions[number] = r
		}
		b.number, b.last = number, r
	}
	place := &b.last[addr>>logLeastSize%regionPlaces]
	if place.addr != addr {
		place.addr, place.thing = addr, nil
	}
	return &place.thing
}
