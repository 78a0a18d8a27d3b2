//go:build !cgo

package main

func native() any { return nil }
