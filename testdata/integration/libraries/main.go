// Program libraries has goroutines that wait in libraries which much is built on:
// fasthttp, miekg/dns, go-redis, pgx.
//
// A correct reader says, of the goroutine in
//
//	answer    (a handler of fasthttp's) it serves an HTTP request
//	resolve   it serves a DNS query
//	served    by its connection fasthttp waits for a request: it serves none
//	ask       it waits for the response, or for a connection of fasthttp's client
//	get       it reads from the network, or waits for a connection of go-redis's pool
//	query     pgxpool opens a connection, or it waits for one
package main

import (
	"context"
	"log"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/miekg/dns"
	"github.com/redis/go-redis/v9"
	"github.com/valyala/fasthttp"
)

var never = make(chan struct{})

//go:noinline
func answer(ctx *fasthttp.RequestCtx) {
	if string(ctx.Path()) == "/quick" {
		return
	}
	<-never
}

//go:noinline
func resolve(dns.ResponseWriter, *dns.Msg) { <-never }

//go:noinline
func ask(c *fasthttp.HostClient, addr string) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	req.SetRequestURI("http://" + addr + "/never")
	check(c.Do(req, resp))
}

//go:noinline
func get(c *redis.Client) { check(c.Get(context.Background(), "key").Err()) }

//go:noinline
func query(p *pgxpool.Pool) {
	_, err := p.Exec(context.Background(), "select 1")
	check(err)
}

// mute accepts connections, and says nothing.
func mute() string {
	l := listen()
	go func() {
		var kept []net.Conn
		for {
			c, err := l.Accept()
			check(err)
			kept = append(kept, c)
		}
	}()
	return l.Addr().String()
}

func main() {
	l := listen()
	go fasthttp.Serve(l, answer)
	served, err := net.Dial("tcp", l.Addr().String())
	check(err)
	_, err = served.Write([]byte("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	check(err)

	client := &fasthttp.HostClient{Addr: l.Addr().String(), MaxConns: 1, MaxConnWaitTimeout: time.Hour}
	for range 2 {
		go ask(client, client.Addr)
	}

	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(err)
	go dns.ActivateAndServe(nil, packets, dns.HandlerFunc(resolve))
	question, err := net.Dial("udp", packets.LocalAddr().String())
	check(err)
	message, err := new(dns.Msg).SetQuestion("example.org.", dns.TypeA).Pack()
	check(err)
	_, err = question.Write(message)
	check(err)

	store := redis.NewClient(&redis.Options{Addr: mute(), PoolSize: 1, PoolTimeout: time.Hour, ReadTimeout: -1, MaxRetries: -1})
	for range 2 {
		go get(store)
	}
	pool, err := pgxpool.New(context.Background(), "postgres://user@"+mute()+"/db?sslmode=disable&pool_max_conns=1")
	check(err)
	for range 2 {
		go query(pool)
	}

	await(map[string]int{
		"main.answer(": 1, "main.resolve(": 1, "serveConn(": 2, "acquireConn(": 1, "waitTurn(": 1, "initResourceValue(": 1, "semaphore.(*Weighted).Acquire(": 1,
	})
	log.SetFlags(0)
	os.Stdout.WriteString("READY\n")
	<-never
	runtime.KeepAlive(served)
	runtime.KeepAlive(question)
}

// await waits until so many goroutines wait with each of these on their stacks.
func await(want map[string]int) {
	for {
		buf := make([]byte, 1<<20)
		stacks := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
		there := true
		for name, n := range want {
			for _, stack := range stacks {
				head, _, _ := strings.Cut(stack, "\n")
				if strings.Contains(stack, name) && !strings.Contains(head, "[run") {
					n--
				}
			}
			there = there && n <= 0
		}
		if there {
			return
		}
		runtime.Gosched()
	}
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	return l
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
