//go:build cgo

package main

/*
extern void back(void);

void callGo(void) { back(); }
*/
import "C"
