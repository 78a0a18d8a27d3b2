package orders

import (
	"context"
	"errors"
	"time"
)

// Mailer confirms orders by mail.
type Mailer struct {
	outbox chan Order
}

// NewMailer returns a mailer that keeps two mails before it makes others wait.
func NewMailer() *Mailer { return &Mailer{outbox: make(chan Order, 2)} }

// Confirm queues a mail about an order.
func (m *Mailer) Confirm(o Order) { m.outbox <- o }

// Run sends what is queued, each mail until the relay takes it.
func (m *Mailer) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		for o := <-m.outbox; m.send(o) != nil; {
			m.backOff()
		}
	}
	return ctx.Err()
}

var errBusy = errors.New("mail: 451 the relay is busy, come back in an hour")

// send stands for the relay, which is busy.
func (m *Mailer) send(Order) error { return errBusy }

func (m *Mailer) backOff() { time.Sleep(time.Hour) }
