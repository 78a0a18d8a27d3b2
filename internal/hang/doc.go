// Package hang runs tests, watches the processes that they run in, and finds
// out which of them hang and why.
//
// A [Watch] follows the descendants of a test runner through /proc, which costs
// next to nothing. It takes a snapshot of one only when there is a reason to:
// its own deadline is near, it has used no CPU for a while, or a test has run
// for longer than it should. Then [Judge] decides from the snapshot alone
// whether a test can still go on. What cannot go on is told as a [Hang]; what
// merely sleeps, or waits for something outside of the process, is left in
// peace until its time is up.
//
// # Files
//
//	a command           command.go command_*.go gotest.go kill.go
//	what it runs        proc.go subject.go watch.go
//	what hangs there    tests.go judge.go asleep.go hang.go
//	saying so           cause.go explain.go annotate.go json.go
package hang
