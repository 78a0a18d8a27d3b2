// The target programs' own module: what they depend on stays out of ours.
module example.com/targets

go 1.25.0

require golang.org/x/sync v0.22.0

require (
	github.com/sourcegraph/conc v0.3.0
	go.uber.org/atomic v1.7.0 // indirect
	go.uber.org/multierr v1.9.0 // indirect
)
