package dlvprompt

import (
	"reflect"
	"strings"
	"unsafe"

	"github.com/go-delve/delve/pkg/terminal"
	"github.com/go-delve/liner"
)

// completeWith completes what stands behind the word async.
//
// Delve's terminal completes the arguments of some of its own commands and of
// no other, and does not give its line editor away: so this takes the editor
// from the field that holds it. Where a Delve to come has no such field,
// nothing is completed, and all else is as it was.
func completeWith(term *terminal.Term, candidates func(before []string, word string) []string) {
	line, ok := hidden[*liner.State](reflect.ValueOf(term).Elem(), "line")
	if !ok || *line == nil {
		return
	}
	others, ok := hidden[liner.WordCompleter](reflect.ValueOf(*line).Elem(), "completer")
	if !ok || *others == nil {
		return
	}
	delves := *others
	(*line).SetWordCompleter(func(text string, pos int) (head string, completions []string, tail string) {
		runes := []rune(text)
		before, isAsync := strings.CutPrefix(string(runes[:pos]), "async ")
		if !isAsync {
			return delves(text, pos)
		}
		words, word := before[:strings.LastIndexByte(before, ' ')+1], before[strings.LastIndexByte(before, ' ')+1:]
		for _, c := range candidates(strings.Fields(words), word) {
			if strings.HasPrefix(c, word) {
				completions = append(completions, c)
			}
		}
		if len(completions) == 1 {
			completions[0] += " "
		}
		return "async " + words, completions, string(runes[pos:])
	})
}

// hidden is a field of a structure, if it is there and of this type.
func hidden[T any](v reflect.Value, name string) (*T, bool) {
	f := v.FieldByName(name)
	if !f.IsValid() || f.Type() != reflect.TypeFor[T]() {
		return nil, false
	}
	return (*T)(unsafe.Pointer(f.UnsafeAddr())), true
}
