package delve

import "github.com/go-delve/delve/pkg/locspec"

// PathRule is one rule of the setting substitutePath.
type PathRule struct{ From, To string }

// ClientPath is where the client has a source file, by the rules of the
// setting substitutePath.
func ClientPath(rules []PathRule, path string) string {
	if len(rules) == 0 {
		return path
	}
	toClient := make([][2]string, len(rules))
	for i, r := range rules {
		toClient[i] = [2]string{r.To, r.From}
	}
	return locspec.SubstitutePath(path, toClient)
}
