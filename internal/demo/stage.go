package demo

import (
	"bufio"
	"fmt"
	"net"
	"net/http"

	"github.com/dlv-async/dlv-async/internal/demo/orders"
)

// clients are the connections of the sample's customers. They stay open for
// as long as the process lives.
var clients []net.Conn

// stage plays the customers of a service at addr, one after the other, each
// when the one before stands where it will stay.
func stage(service *orders.Service, addr string) error {
	if err := settle("start"); err != nil {
		return err
	}
	idle, err := connect(addr)
	if err != nil {
		return err
	}
	// One mail for the mailer, two for its queue.
	for range 3 {
		if err := answered(idle, "POST /confirm/rope"); err != nil {
			return err
		}
	}
	go service.Ship([]orders.Order{{ID: "1", Item: "anvil", Quantity: 1}, {ID: "2", Item: "rope", Quantity: 3}})
	if err := settle("ship"); err != nil {
		return err
	}
	for _, request := range []struct {
		line  string
		times int
	}{
		{"POST /confirm/rope", 2},
		{"POST /pay/anvil", 1},
		{"GET /price/anvil", 2},
		{"POST /reserve/anvil", 3},
		{"POST /flush", 1},
	} {
		for range request.times {
			client, err := connect(addr)
			if err != nil {
				return err
			}
			if err := send(client, request.line); err != nil {
				return err
			}
		}
		if err := settle(request.line); err != nil {
			return err
		}
	}
	return nil
}

func connect(addr string) (net.Conn, error) {
	conn, err := net.Dial("tcp4", addr)
	if err == nil {
		clients = append(clients, conn)
	}
	return conn, err
}

func send(conn net.Conn, line string) error {
	_, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: orders\r\nContent-Length: 0\r\n\r\n", line)
	return err
}

// answered sends a request and reads its answer.
func answered(conn net.Conn, line string) error {
	if err := send(conn, line); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
