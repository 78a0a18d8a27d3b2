// The target programs' own module: what they depend on stays out of ours.
module example.com/targets

go 1.25.0

require golang.org/x/sync v0.22.0
