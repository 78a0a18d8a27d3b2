//go:build !cgo

package main

var throughC func()
