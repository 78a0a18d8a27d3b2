// Package demo starts the sample service that dlv-async demo shows: this same
// program, run again as the order service of package orders.
//
// One side is [Start], in the process that shows; the other is [Serve], in the
// process that is shown. They talk over two pipes: the service says READY when
// all its tasks stand where the [cast] says, and ends when its standard input
// does. So it cannot outlive the one who started it, however that one ended.
package demo

// Argument is the command line that makes this program the sample service.
const Argument = "sample-service"

// ready is the line by which the service says that its cast has settled.
const ready = "READY"
