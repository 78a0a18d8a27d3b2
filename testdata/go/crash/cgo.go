//go:build cgo

package main

import "C" // with C code in it a program does not die of all goroutines being asleep
