// Program grpc has calls of google.golang.org/grpc that stand at every stage, on
// both sides.
//
// A correct reader says, of the goroutine in
//
//	unary     it waits for the response's headers
//	stream    it waits for a message
//	upload    it waits for room to send
//	connects  it waits for a connection that is ready
//	serve     (a handler, with mute beside it) it waits for a message
//	mute      a channel, which is the program's own; nothing of gRPC's
//
// and of those that gRPC started, that some read what the other side sends, have
// nothing to write, keep a connection alive, watch over a stream.
package main

import (
	"context"
	"io"
	"log"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

var never = make(chan struct{})

//go:noinline
func mute(any, grpc.ServerStream) error { <-never; return nil }

// serve answers the first message, and waits for another.
//
//go:noinline
func serve(_ any, s grpc.ServerStream) error {
	m := &wrapperspb.BytesValue{}
	for {
		if err := s.RecvMsg(m); err != nil {
			return err
		}
		if err := s.SendMsg(m); err != nil {
			return err
		}
	}
}

var service = grpc.ServiceDesc{
	ServiceName: "shop.Orders", HandlerType: (*any)(nil),
	Streams: []grpc.StreamDesc{
		{StreamName: "Mute", Handler: mute, ServerStreams: true, ClientStreams: true},
		{StreamName: "Serve", Handler: serve, ServerStreams: true, ClientStreams: true},
	},
}

//go:noinline
func unary(c *grpc.ClientConn) {
	log.Fatal(c.Invoke(context.Background(), "/shop.Orders/Mute", wrapperspb.Bytes(nil), &wrapperspb.BytesValue{}))
}

func open(c *grpc.ClientConn, method string) grpc.ClientStream {
	s, err := c.NewStream(context.Background(), &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method)
	if err != nil {
		log.Fatal(err)
	}
	return s
}

//go:noinline
func stream(c *grpc.ClientConn) {
	s := open(c, "/shop.Orders/Serve")
	m := wrapperspb.Bytes(nil)
	if err := s.SendMsg(m); err != nil {
		log.Fatal(err)
	}
	for {
		if err := s.RecvMsg(m); err != nil {
			log.Fatal(err)
		}
	}
}

//go:noinline
func upload(c *grpc.ClientConn) {
	s := open(c, "/shop.Orders/Mute")
	for {
		if err := s.SendMsg(wrapperspb.Bytes(make([]byte, 1<<16))); err != nil {
			log.Fatal(err)
		}
	}
}

//go:noinline
func connects(c *grpc.ClientConn) {
	_, err := c.NewStream(context.Background(), &grpc.StreamDesc{}, "/shop.Orders/Mute", grpc.WaitForReady(true))
	log.Fatal(err)
}

func dial(target string) *grpc.ClientConn {
	c, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	return c
}

// stand returns once a goroutine is in each of the functions for whose name a
// word is given, and parked as the word says.
func stand(functions map[string]string) {
	buf := make([]byte, 1<<20)
	for {
		left := len(functions)
		all := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
		for fn, state := range functions {
			for _, g := range all {
				if strings.Contains(g, fn+"(") && strings.Contains(g, "["+state) {
					left--
					break
				}
			}
		}
		if left == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&service, nil)
	go func() { log.Fatal(server.Serve(l)) }()

	c := dial("passthrough:///" + l.Addr().String())
	go unary(c)
	go stream(c)
	go upload(c)
	go connects(dial("unix:///nowhere/none")) // no connection is ever ready
	stand(map[string]string{
		"main.unary": "select", "main.stream": "select", "main.upload": "select", "main.connects": "select",
		"main.serve": "select", "main.mute": "chan receive",
		"transport.(*controlBuffer).get": "select", "transport.(*http2Client).reader": "IO wait",
		"transport.(*http2Server).HandleStreams": "IO wait", "grpc.(*addrConn).resetTransportAndUnlock": "select",
	})
	_, _ = os.Stdout.WriteString("READY\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
