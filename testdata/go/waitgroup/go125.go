//go:build go1.25

package main

import "sync"

func start(wg *sync.WaitGroup, f func()) { wg.Go(f) }
