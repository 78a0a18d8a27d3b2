"""Calls Start of the Go library that its first argument names, and does not
come back from it: see testdata/go/library, which says READY and answers.

A correct reader says that there are two runtimes: of Go what is said there,
and of CPython one thread, which stands in call() below main().
"""

import ctypes
import sys


def call(library):
    library.Start()


def main():
    call(ctypes.CDLL(sys.argv[1]))


main()
