//go:build cgo

package main

/*
#include <unistd.h>
*/
import "C"

var sleepInC = pause

//go:noinline
func pause() { C.pause() }
