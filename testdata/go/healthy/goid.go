package main

import (
	"bytes"
	"fmt"
	"runtime"
)

// goid is the number of the goroutine that asks.
func goid() (id int64) {
	buf := make([]byte, 64)
	buf = bytes.TrimPrefix(buf[:runtime.Stack(buf, false)], []byte("goroutine "))
	fmt.Sscan(string(buf), &id)
	return id
}
