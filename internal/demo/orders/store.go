package orders

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Store is what is in stock.
type Store struct {
	mu       sync.Mutex
	stock    map[string]int
	reserved map[string]Order
}

// NewStore returns a store with that many of each item.
func NewStore(stock map[string]int) *Store {
	return &Store{stock: stock, reserved: map[string]Order{}}
}

// Reserve puts an order's items aside.
func (s *Store) Reserve(o Order) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stock[o.Item] < o.Quantity {
		return fmt.Errorf("only %d of %s left", s.stock[o.Item], o.Item)
	}
	s.stock[o.Item] -= o.Quantity
	s.reserved[o.ID] = o
	return nil
}

// ExpireReservations drops, every hour, what nobody paid for.
func (s *Store) ExpireReservations(ctx context.Context) error {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	for {
		select {
		case <-hourly.C:
			s.expire()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Store) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, o := range s.reserved {
		s.stock[o.Item] += o.Quantity
		delete(s.reserved, id)
	}
}
