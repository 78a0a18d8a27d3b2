package declared

import _ "embed" // for the example

// Example is a file that has all there is, with comments.
//
//go:embed example.toml
var Example string
