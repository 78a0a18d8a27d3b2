//go:build race

package graph_test

// raceDetector tells that memory is not what a program has without it.
const raceDetector = true
