//go:build cgo

package main

/*
enum color { RED, GREEN = 70000 };
union number { int whole; double part; };
struct native {
	char name[16];
	struct native *next;
	const volatile unsigned short size;
	enum color color;
	union number number;
	unsigned bits : 3;
	long grid[2][3];
};
struct native root = { "root", &root, 12, GREEN, { 5 }, 1, { { 1, 2, 3 }, { 4, 5, 6 } } };
*/
import "C"

func native() any { return C.root.name }
