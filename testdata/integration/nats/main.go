// Program nats runs a NATS server (https://github.com/nats-io/nats-server) with
// JetStream, and clients that keep it busy: it is a real server under load, in
// a module of its own for the sake of what it depends on.
//
// A correct reader says that there are connections' read and write loops,
// clients waiting for responses and for messages, timers; that nothing is
// deadlocked; and nothing that does not hold.
//
// It says READY once messages go round, and ends with its standard input; a
// line "ping" is answered.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const clients = 20

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "nats")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, NoSigs: true})
	if err != nil {
		return err
	}
	go s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(time.Minute) {
		return fmt.Errorf("the server does not start")
	}
	if err := load(s.ClientURL()); err != nil {
		return err
	}
	fmt.Println("READY")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Print("ANSWER 4\npong")
	}
	return nil
}

// load starts what keeps the server busy, and returns once messages went round.
func load(url string) error {
	var served atomic.Int64
	for i := range clients {
		c, err := nats.Connect(url)
		if err != nil {
			return err
		}
		if err := serve(c, &served); err != nil {
			return err
		}
		go ask(c, i)
	}
	if err := keep(url); err != nil {
		return err
	}
	for served.Load() < 100*clients {
		time.Sleep(time.Millisecond)
	}
	return nil
}

// serve answers requests.
func serve(c *nats.Conn, served *atomic.Int64) error {
	_, err := c.QueueSubscribe("work.*", "workers", func(m *nats.Msg) {
		served.Add(1)
		_ = m.Respond(m.Data)
	})
	return err
}

// ask sends one request after the other.
func ask(c *nats.Conn, i int) {
	for {
		_, _ = c.Request(fmt.Sprint("work.", i), []byte("do this"), time.Minute)
	}
}

// keep publishes to a stream on disk, which a consumer reads.
func keep(url string) error {
	c, err := nats.Connect(url)
	if err != nil {
		return err
	}
	js, err := c.JetStream()
	if err != nil {
		return err
	}
	if _, err := js.AddStream(&nats.StreamConfig{Name: "events", Subjects: []string{"event.*"}, MaxMsgs: 1000}); err != nil {
		return err
	}
	sub, err := js.PullSubscribe("event.*", "reader")
	if err != nil {
		return err
	}
	go func() {
		for {
			messages, _ := sub.Fetch(10, nats.MaxWait(time.Minute))
			for _, m := range messages {
				_ = m.Ack()
			}
		}
	}()
	go func() {
		for i := 0; ; i++ {
			_, _ = js.Publish(fmt.Sprint("event.", i%7), []byte("it happened"))
		}
	}()
	return nil
}
