package orders

import "sync"

// Backorders are the orders that wait for new stock.
type Backorders struct {
	mu      sync.Mutex
	arrived *sync.Cond // on mu; signalled when waiting grows
	waiting []Order
}

// NewBackorders returns an empty list.
func NewBackorders() *Backorders {
	b := &Backorders{}
	b.arrived = sync.NewCond(&b.mu)
	return b
}

// Add appends an order.
func (b *Backorders) Add(o Order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, o)
	b.arrived.Signal()
}

// Run buys what is missing, one order after the other.
func (b *Backorders) Run() error {
	for {
		o := b.next()
		if o.Quantity == 0 {
			return nil
		}
	}
}

func (b *Backorders) next() Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) == 0 {
		b.arrived.Wait()
	}
	o := b.waiting[0]
	b.waiting = b.waiting[1:]
	return o
}
