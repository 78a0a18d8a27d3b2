// Package orders is the sample that dlv-async demo shows: a small order
// service, written as such services are, with one mistake in it
// (closeWhenPacked has it). Nothing in it knows of dlv-async.
package orders

import (
	"context"
	"net"

	"golang.org/x/sync/errgroup"
)

// Order is what a customer ordered.
type Order struct {
	ID, Item string
	Quantity int
}

// Service takes orders over HTTP, reserves and ships them.
type Service struct {
	store      *Store
	backorders *Backorders
	catalog    *Catalog
	mailer     *Mailer
	payments   *Payments
	shipper    *Shipper
	picks      chan Order
	batches    chan []Order
}

// New returns a service that asks the suppliers at these addresses for prices.
func New(suppliers ...string) *Service {
	s := &Service{
		store:      NewStore(map[string]int{"anvil": 7, "rope": 40}),
		backorders: NewBackorders(),
		catalog:    NewCatalog(suppliers),
		mailer:     NewMailer(),
		payments:   NewPayments(),
		picks:      make(chan Order),
		batches:    make(chan []Order),
	}
	s.shipper = NewShipper(s.store)
	return s
}

// Ship hands a batch of orders over to be shipped.
func (s *Service) Ship(batch []Order) { s.batches <- batch }

// Run serves requests from l until ctx ends or a part of the service fails.
func (s *Service) Run(ctx context.Context, l net.Listener) error {
	g, ctx := errgroup.WithContext(ctx)
	server := s.newServer()
	g.Go(func() error { return server.serve(l) })
	g.Go(func() error { return server.shutDownAfter(ctx) })
	for range 3 {
		g.Go(func() error { return s.pick() })
	}
	g.Go(func() error { return s.shipper.Run(ctx, s.batches) })
	g.Go(func() error { return s.mailer.Run(ctx) })
	g.Go(func() error { return s.store.ExpireReservations(ctx) })
	g.Go(func() error { return s.backorders.Run() })
	g.Go(func() error { return s.catalog.Refresh(ctx) })
	return g.Wait()
}

// pick fetches reserved items from their shelves, one order after the other.
// What is not there is ordered anew.
func (s *Service) pick() error {
	for order := range s.picks {
		s.backorders.Add(order)
	}
	return nil
}
