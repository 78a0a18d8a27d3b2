//go:build cgo

package main

/*
#include <unistd.h>

static void sleep_in_c(void) { for (;;) pause(); }
*/
import "C"

var cSleep = sleepInC

//go:noinline
func sleepInC() { C.sleep_in_c() }
