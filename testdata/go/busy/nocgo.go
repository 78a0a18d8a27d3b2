//go:build !cgo

package main

var cSleep func()
