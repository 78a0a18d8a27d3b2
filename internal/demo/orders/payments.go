package orders

import (
	"context"
	"time"
)

// Payments charges customers.
type Payments struct {
	replies chan bool // from the bank
}

// NewPayments returns payments through a bank that takes its time.
func NewPayments() *Payments { return &Payments{replies: make(chan bool)} }

// Charge waits for the bank's word on an order, half an hour at most.
func (p *Payments) Charge(ctx context.Context, _ Order) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	select {
	case paid := <-p.replies:
		return paid, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
