package orders

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
)

type server struct {
	*Service
	http http.Server
}

func (s *Service) newServer() *server {
	server := &server{Service: s}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /reserve/{item}", server.reserve)
	mux.HandleFunc("POST /confirm/{item}", server.confirm)
	mux.HandleFunc("POST /pay/{item}", server.pay)
	mux.HandleFunc("POST /flush", server.flush)
	mux.HandleFunc("GET /price/{item}", server.price)
	mux.HandleFunc("GET /health", server.health)
	server.http.Handler = mux
	return server
}

func (s *server) serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *server) shutDownAfter(ctx context.Context) error {
	<-ctx.Done()
	return s.http.Shutdown(context.WithoutCancel(ctx))
}

func order(r *http.Request) Order {
	return Order{ID: r.Header.Get("Order"), Item: r.PathValue("item"), Quantity: 1}
}

func (s *server) reserve(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Reserve(order(r)); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func (s *server) confirm(_ http.ResponseWriter, r *http.Request) { s.mailer.Confirm(order(r)) }

func (s *server) pay(w http.ResponseWriter, r *http.Request) {
	paid, err := s.payments.Charge(r.Context(), order(r))
	if !paid {
		http.Error(w, fmt.Sprint("not paid: ", err), http.StatusPaymentRequired)
	}
}

func (s *server) flush(http.ResponseWriter, *http.Request) { s.shipper.Flush() }

func (s *server) price(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, s.catalog.Price(r.PathValue("item")))
}

func (s *server) health(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }
