package orders

import (
	"bufio"
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Catalog knows the price of each item.
type Catalog struct {
	suppliers []string // host:port
	mu        sync.RWMutex
	prices    map[string]int
}

// NewCatalog returns a catalog that asks these suppliers.
func NewCatalog(suppliers []string) *Catalog {
	return &Catalog{suppliers: suppliers, prices: map[string]int{"anvil": 4900, "rope": 700}}
}

// Price returns the price of an item in cents.
func (c *Catalog) Price(item string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.prices[item]
}

// Refresh asks every supplier for new prices.
func (c *Catalog) Refresh(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	quotes := make([]map[string]int, len(c.suppliers))
	var asking sync.WaitGroup
	for i, supplier := range c.suppliers {
		asking.Go(func() { quotes[i] = fetchPrices(ctx, supplier) })
	}
	asking.Wait()
	for _, quote := range quotes {
		for item, price := range quote {
			c.prices[item] = min(price, c.prices[item])
		}
	}
	return nil
}

// fetchPrices reads lines "item price" from a supplier. One that does not
// answer within the hour has nothing to sell.
func fetchPrices(ctx context.Context, supplier string) map[string]int {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", supplier)
	if err != nil {
		return nil
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
		return nil
	}
	prices := map[string]int{}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		item, text, _ := strings.Cut(lines.Text(), " ")
		if price, err := strconv.Atoi(text); err == nil {
			prices[item] = price
		}
	}
	return prices
}
