package graph

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// details makes every value of a resource's state one of the types that [Attr]
// names, in place, and leaves each key once.
func details(attrs []Attr) []Attr {
	kept := attrs[:0]
	for _, a := range attrs {
		if slices.ContainsFunc(kept, func(have Attr) bool { return have.Key == a.Key }) {
			continue
		}
		a.Value = attrValue(a.Value)
		kept = append(kept, a)
	}
	return kept
}

func attrValue(v any) any {
	switch v := v.(type) {
	case bool, int64, string, time.Duration:
		return v
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case int16:
		return int64(v)
	case int8:
		return int64(v)
	case uint32:
		return int64(v)
	case uint16:
		return int64(v)
	case uint8:
		return int64(v)
	case uint:
		return unsigned(uint64(v))
	case uint64:
		return unsigned(v)
	}
	return fmt.Sprint(v)
}

func unsigned(v uint64) any {
	if v > math.MaxInt64 {
		return fmt.Sprint(v)
	}
	return int64(v)
}
