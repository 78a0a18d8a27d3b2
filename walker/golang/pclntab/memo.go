package pclntab

import "sync"

// memoMax bounds what one memo keeps, in bytes, more or less. Programs have a
// few thousand PCs on their stacks; only garbage fills it.
const memoMax = 64 << 20

// memo remembers what was computed for a key. The zero value is ready.
type memo[K comparable, V any] struct {
	mu   sync.RWMutex
	m    map[K]V
	size int
}

// get is what compute returns, which it does once for a key, together with its
// size in bytes. When two callers compute at the same time, what the first
// returns is remembered.
func (m *memo[K, V]) get(k K, compute func() (V, int)) V {
	m.mu.RLock()
	v, ok := m.m[k]
	m.mu.RUnlock()
	if ok {
		return v
	}
	v, size := compute()
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.m[k]; ok {
		return old
	}
	if m.m == nil {
		m.m = make(map[K]V)
	}
	size += 64 // the map's own
	if m.size+size <= memoMax {
		m.m[k] = v
		m.size += size
	}
	return v
}
