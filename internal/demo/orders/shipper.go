package orders

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Shipper packs, labels and sends orders.
type Shipper struct {
	store    *Store
	underway sync.WaitGroup // one for each batch
	labels   int
}

// Box is an order that was packed.
type Box struct{ Order Order }

// NewShipper returns a shipper for the orders of a store.
func NewShipper(store *Store) *Shipper { return &Shipper{store: store} }

// Run ships each batch that comes, beside the others.
func (s *Shipper) Run(ctx context.Context, batches <-chan []Order) error {
	for batch := range batches {
		s.underway.Add(1)
		go s.shipOne(ctx, batch)
	}
	return nil
}

// Flush returns when no batch is under way.
func (s *Shipper) Flush() { s.underway.Wait() }

func (s *Shipper) shipOne(ctx context.Context, batch []Order) {
	defer s.underway.Done()
	if err := s.Ship(ctx, batch); err != nil {
		s.labels = 0
	}
}

// Ship packs and labels one batch. Nothing can be reserved meanwhile.
func (s *Shipper) Ship(ctx context.Context, batch []Order) error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()

	boxes := make(chan Box)
	group, ctx := errgroup.WithContext(ctx)
	for _, order := range batch {
		group.Go(func() error { return s.pack(ctx, order, boxes) })
	}
	group.Go(func() error { return s.label(boxes) })
	group.Go(func() error { return closeWhenPacked(group, boxes) })
	return group.Wait()
}

func (s *Shipper) pack(ctx context.Context, o Order, boxes chan<- Box) error {
	select {
	case boxes <- Box{o}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Shipper) label(boxes <-chan Box) error {
	for range boxes {
		s.labels++
	}
	return nil
}

// closeWhenPacked ends the labelling when the packers are done.
//
// This is the sample's mistake, and a common one: it runs in the group that
// it waits for, so it waits for itself.
func closeWhenPacked(group *errgroup.Group, boxes chan Box) error {
	defer close(boxes)
	return group.Wait()
}
