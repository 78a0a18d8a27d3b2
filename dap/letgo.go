package dap

import (
	"context"
	"errors"
	"time"

	"github.com/dlv-async/dlv-async/dap/wire"
)

// settlePatience bounds the wait for a program to stand still before it is let
// go. A session that does not come to it in this time ends without.
const settlePatience = 5 * time.Second

// settle has a program that was attached to stand still, and takes from it
// what would end it once it is let go. It may be called more than once, and at
// any time.
func (b *goBackend) settle() {
	if b.launched != nil || b.core != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), settlePatience)
	defer cancel()
	// Through the session: of a stop that it did not ask for it may think
	// that it is a logpoint's, and go on.
	switch err := b.p.ask(ctx, "pause", map[string]any{"threadId": 1}, nil); {
	case errors.Is(err, errEnded): // it has let go, or the program is no more
		return
	case err != nil:
		b.a.log("a program that is to be let go does not stop: %v", err)
		return
	}
	if err := b.d.Settle(); err != nil {
		b.a.log("a program that is to be let go: %v", err)
	}
}

// onDisconnect ends the session: what was launched is ended, and what was
// attached to is let go.
func (b *goBackend) onDisconnect(m *wire.Message) {
	b.leave()
	b.runs()
	b.answer(m, func() {
		b.settle()
		b.p.forward(m, nil)
	})
}

// leave notes that the client goes: a stop that is being decided on is the
// last, since a program that went on now could be let go in the middle of a
// breakpoint, which would kill it.
func (b *goBackend) leave() {
	b.asyncMu.Lock()
	defer b.asyncMu.Unlock()
	b.leaving = true
}

// left reports that the client has gone: it is told of no more stops.
func (b *goBackend) left() bool {
	b.asyncMu.Lock()
	defer b.asyncMu.Unlock()
	return b.leaving
}
