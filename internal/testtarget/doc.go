// Package testtarget builds the programs of testdata/go with a chosen
// toolchain, starts them, or those of testdata/python with a chosen CPython,
// and takes cores of them, for tests that read real processes.
//
// A target says READY once its goroutines or tasks stand where the test wants
// them; it finds that out itself (testdata/go/ready, testdata/python/ready.py),
// so no test sleeps. It dies with the test that started it, however that ends.
//
// What a machine lacks (a toolchain, gcore) is skipped with the way to get
// it; the environment variable DLV_ASYNC_MUST lists, separated by commas,
// what must not be skipped: go1.25.4,go1.26.8,go1.27.1,gcore,crashcore,cgo,
// cpython3.8,cpython3.14-standalone.
package testtarget
