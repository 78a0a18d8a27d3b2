package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Channels with buffers that are full or empty now and then. Those with tickets are
// semaphores, and the others are none.

type ticket struct{}

// limited lets three in at a time, in two ways.
func limited() {
	inside := make(chan ticket, 3)
	for range 6 {
		go func() {
			for {
				inside <- ticket{}
				time.Sleep(200 * time.Microsecond)
				<-inside
			}
		}()
	}
	for {
		var wg sync.WaitGroup
		for range 8 {
			inside <- ticket{}
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { <-inside }()
				time.Sleep(100 * time.Microsecond)
			}()
		}
		wg.Wait()
		rounds[6].Add(1)
	}
}

// borrowers share two of something.
func borrowers() {
	tools := make(chan *ticket, 2)
	tools <- &ticket{}
	tools <- &ticket{}
	for range 5 {
		go func() {
			for {
				mine := <-tools
				time.Sleep(200 * time.Microsecond)
				tools <- mine
				rounds[7].Add(1)
			}
		}()
	}
}

// fanIn waits for workers that say with a channel that they are done.
func fanIn() {
	for {
		done := make(chan struct{}, 2)
		for i := range 6 {
			go func() {
				time.Sleep(time.Duration(i) * 50 * time.Microsecond)
				done <- struct{}{}
			}()
		}
		time.Sleep(500 * time.Microsecond)
		for range 6 {
			<-done
		}
		rounds[8].Add(1)
	}
}

// woken does something each time it is told to.
func woken() {
	wake := make(chan struct{}, 1)
	for range 2 {
		go func() {
			for {
				wake <- struct{}{}
			}
		}()
	}
	for {
		<-wake
		time.Sleep(50 * time.Microsecond)
		rounds[9].Add(1)
	}
}

// retries takes jobs from a queue, and puts some of them back.
func retries() {
	queue := make(chan int, 4)
	for range 3 {
		go func() {
			for {
				n := <-queue
				time.Sleep(50 * time.Microsecond)
				if n > 0 {
					select {
					case queue <- n - 1:
					default: // there is enough to do
					}
				}
			}
		}()
	}
	for {
		queue <- 1
		rounds[10].Add(1)
	}
}

// clients share two connections.
func clients() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(200 * time.Microsecond)
		fmt.Fprint(w, "yes")
	}))
	c := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 2, MaxIdleConnsPerHost: 2}}
	for range 5 {
		go func() {
			for {
				if resp, err := c.Get("http://" + l.Addr().String()); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
					rounds[11].Add(1)
				}
			}
		}()
	}
}
