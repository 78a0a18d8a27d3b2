// For toolchains before Go 1.25: what go.mod asks for, in versions they take.
module example.com/targets

go 1.22

require golang.org/x/sync v0.10.0

require github.com/sourcegraph/conc v0.3.0 // indirect
