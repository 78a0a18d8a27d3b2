//go:build !cgo

package main

var sleepInC func()
