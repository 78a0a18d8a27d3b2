// Program healthy is busy, and nothing is wrong with it.
//
// An HTTP server with a store behind a Mutex and a cache behind an RWMutex, and
// clients of its own; a worker pool; a pipeline; a crawler made of errgroups; a
// queue made of a Cond; goroutines that take locks again and again; channels that are
// semaphores, and channels that are not (see limits.go); clients that share connections.
// It goes on for as long as it is let.
//
// A correct reader finds nothing of error level, and no lock abandoned, whenever it
// looks. The locks of kept say themselves who has them: see tracked.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"example.com/targets/ready"
	"example.com/targets/record"
)

var rounds [12]atomic.Int64

// store is what the server serves.
type store struct {
	mu    sync.Mutex
	items map[string]int
	rw    sync.RWMutex
	cache map[string]int
	log   *log.Logger
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Path
	s.rw.RLock()
	n, ok := s.cache[key]
	s.rw.RUnlock()
	if !ok {
		n = s.load(key)
	}
	s.log.Printf("%s %d", key, n)
	if r.Context().Err() != nil {
		return
	}
	fmt.Fprintf(w, "%d", n)
	rounds[0].Add(1)
}

func (s *store) load(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[key]++
	n := s.items[key]
	s.rw.Lock()
	defer s.rw.Unlock()
	if len(s.cache) > 3 {
		clear(s.cache)
	}
	s.cache[key] = n
	return n
}

func serve() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	s := &store{items: map[string]int{}, cache: map[string]int{}, log: log.New(io.Discard, "", log.LstdFlags)}
	go http.Serve(l, s)
	for i := range 4 {
		go func() {
			for n := 0; ; n++ {
				if resp, err := http.Get(fmt.Sprintf("http://%s/%d", l.Addr(), (n+i)%7)); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
		}()
	}
}

func pool() {
	jobs, results := make(chan int), make(chan int, 8)
	for range 4 {
		go func() {
			for j := range jobs {
				results <- j * j
			}
		}()
	}
	go func() {
		for i := 0; ; i++ {
			jobs <- i
		}
	}()
	for range results {
		rounds[1].Add(1)
	}
}

func pipeline() {
	first := make(chan int)
	var last <-chan int = first
	for range 5 {
		in, out := last, make(chan int)
		go func() {
			for v := range in {
				out <- v + 1
			}
		}()
		last = out
	}
	go func() {
		for i := 0; ; i++ {
			first <- i
		}
	}()
	for range last {
		rounds[2].Add(1)
	}
}

func crawl(ctx context.Context) {
	limit := semaphore.NewWeighted(3)
	for {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		g, ctx := errgroup.WithContext(ctx)
		for depth := range 8 {
			g.Go(func() error {
				if err := limit.Acquire(ctx, 1); err != nil {
					return err
				}
				defer limit.Release(1)
				time.Sleep(time.Duration(depth) * 100 * time.Microsecond)
				if depth == 9 {
					return errors.New("too deep")
				}
				return nil
			})
		}
		_ = g.Wait()
		cancel()
		rounds[3].Add(1)
	}
}

func queue() {
	var mu sync.Mutex
	some := sync.NewCond(&mu)
	var items []int
	for range 3 {
		go func() {
			for i := 0; ; i++ {
				mu.Lock()
				if len(items) < 10 {
					items = append(items, i)
					some.Signal()
				}
				mu.Unlock()
				time.Sleep(50 * time.Microsecond)
			}
		}()
	}
	for {
		mu.Lock()
		for len(items) == 0 {
			some.Wait()
		}
		items = items[1:]
		mu.Unlock()
		rounds[4].Add(1)
	}
}

// tracked is a lock that notes who has it, from right after it is taken to right
// before it is let go.
type tracked struct {
	mu    sync.Mutex
	owner atomic.Int64 // a goroutine's id; 0: nobody, or it is about to be
}

var kept [4]*tracked

//go:noinline
func (t *tracked) do(id int64, work func()) {
	t.mu.Lock()
	t.owner.Store(id)
	work()
	t.owner.Store(0)
	t.mu.Unlock()
}

//go:noinline
func (t *tracked) deferred(id int64, work func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.owner.Store(id)
	defer t.owner.Store(0)
	work()
}

//go:noinline
func (t *tracked) try(id int64, work func()) {
	if !t.mu.TryLock() {
		return
	}
	t.owner.Store(id)
	work()
	t.owner.Store(0)
	t.mu.Unlock()
}

func keep() {
	for i := range kept {
		kept[i] = &tracked{}
	}
	for i := range 12 {
		go func() {
			id := int64(record.Goid())
			pause := func() { time.Sleep(time.Duration(i%3) * 200 * time.Microsecond) }
			for n := i; ; n++ {
				t := kept[n%len(kept)]
				switch n % 5 {
				case 0, 1:
					t.do(id, pause)
				case 2, 3:
					t.deferred(id, pause)
				default:
					t.try(id, pause)
				}
				rounds[5].Add(1)
			}
		}()
	}
}

// keeper waits for its end as a library's does: what it looks like from its
// stack is much like a context (the channel is where a cancelCtx has its own, and
// what precedes it is no type), and is none.
type keeper struct {
	name  string
	every time.Duration
	next  *keeper
	stop  chan struct{}
}

//go:noinline
func (k *keeper) run(ctx context.Context) {
	select {
	case <-k.stop:
	case <-ctx.Done():
	}
	k.name = ""
}

// checksum is in a frame beside pointers, and looks like one.
type checksum struct {
	sum  uint64
	last *keeper
}

//go:noinline
func (c *checksum) add(k *keeper) { c.sum, c.last = 0x634a014c36a02b98, k }

func keepers() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 2 {
		k := &keeper{next: &keeper{}, stop: make(chan struct{})}
		go k.run(ctx)
	}
	var c checksum
	defer func() { c.add(nil) }()
	c.add(&keeper{})
	<-c.last.stop
}

func main() {
	serve()
	go keepers()
	go pool()
	go pipeline()
	go crawl(context.Background())
	go queue()
	go limited()
	borrowers()
	go fanIn()
	go woken()
	go retries()
	clients()
	keep()
	for i := range rounds {
		for rounds[i].Load() < 10 {
			time.Sleep(time.Millisecond)
		}
	}
	for _, t := range kept {
		fmt.Fprintf(os.Stderr, "%p\n", t)
	}
	ready.WhenMoving(ready.Parked(1, "select (no cases)", "main.main"))
	select {}
}
