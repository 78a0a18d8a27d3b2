//go:build cgo

package main

/*
void callGo(void);
*/
import "C"

var throughC = func() { callC() }

//go:noinline
func callC() { C.callGo() }

//export back
func back() { <-never }
