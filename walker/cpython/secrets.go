package cpython

import (
	"strings"
	"unicode"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// secretWords are what the values of variables, attributes and str keys of
// dicts stay hidden for, even with --locals: one of these is a word of the
// name (user_token, userToken, TOKEN). They are those that other tools that show
// variables hide by default.
var secretWords = map[string]bool{
	"password": true, "passwords": true, "passwd": true, "pwd": true, "passphrase": true,
	"secret": true, "secrets": true, "token": true, "tokens": true, "jwt": true,
	"apikey": true, "privatekey": true, "credential": true, "credentials": true,
	"authorization": true, "cookie": true, "cookies": true, "csrftoken": true, "csrf": true, "sessionid": true,
}

// secretParts are the same, wherever they stand in a name without its
// underscores: dbpassword, api_key.
var secretParts = []string{"password", "passwd", "secret", "apikey", "privatekey", "accesskey", "authkey", "sessionid", "sessionkey"}

// secretName tells whether a name is that of a secret.
func secretName(name string) bool {
	var words []string
	start, lower := 0, false
	for i, c := range name {
		switch {
		case !unicode.IsLetter(c):
			words, start = append(words, name[start:i]), i+len(string(c))
			lower = false
		case unicode.IsUpper(c) && lower:
			words, start = append(words, name[start:i]), i
			lower = false
		default:
			lower = unicode.IsLower(c)
		}
	}
	for _, word := range append(words, name[start:]) {
		if secretWords[strings.ToLower(word)] {
			return true
		}
	}
	whole := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	for _, part := range secretParts {
		if strings.Contains(whole, part) {
			return true
		}
	}
	return false
}

// secrets are what is not to be shown of the frames further in, as Django's
// sensitive_variables says it
// (https://github.com/django/django/blob/5.2/django/views/decorators/debug.py).
type secrets struct {
	names map[string]bool
	all   bool // of every frame
	tasks bool // of every coroutine
}

// named tells whether the value of a name stays hidden.
func (s *secrets) named(name string) bool { return s.names[name] || secretName(name) }

// of tells whether all values of a frame stay hidden.
func (s *secrets) of(f *frame.Frame) bool {
	return s.all || f.Code.Name == sensitiveWrapper || s.tasks && f.Kind == frame.Coroutine
}

// sensitiveWrapper is the name of the function that sensitive_variables puts
// around another one; its own parameters are the secrets themselves.
const sensitiveWrapper = "sensitive_variables_wrapper"

// addSecrets adds what a frame names: a wrapper has a variable of its own name,
// itself, with an attribute sensitive_variables, or has the decorator's
// parameter variables. One that does not tell hides everything.
func (w *walk) addSecrets(s *secrets, in *interp, f *frame.Frame) {
	if f.Kind == frame.Coroutine {
		w.addCoroutines(s, in)
	}
	if f.Code.Name != sensitiveWrapper {
		return
	}
	named := w.fr.Local(f, "variables")
	if self := w.fr.Local(f, sensitiveWrapper); self != 0 {
		if o := w.r.Attr(self, "sensitive_variables"); o != 0 {
			named = o
		}
	}
	if !w.isA(named, "tuple") || !w.addNames(s, named) {
		s.all = true
	}
}

// addNames adds the names of a tuple; false when it has none.
func (w *walk) addNames(s *secrets, tuple object.Ref) bool {
	if s.names == nil {
		s.names = map[string]bool{}
	}
	names := w.r.Tuple(tuple)
	for _, o := range names {
		s.names[w.str(o)] = true
	}
	return len(names) > 0 && w.r.Err() == nil
}

// addCoroutines: of coroutine functions, which it cannot wrap, Django (from 5.0 on)
// keeps the names in a dict under a hash of where they are defined, which cannot
// be computed from outside. So what is named for one holds for all.
func (w *walk) addCoroutines(s *secrets, in *interp) {
	dict := w.module(in, "django.views.decorators.debug")
	if dict == 0 {
		return
	}
	known := w.some(w.r.StrDict(dict, "coroutine_functions_to_sensitive_variables"))
	if !w.isA(known, "dict") {
		return
	}
	for _, variables := range w.r.Dict(known) {
		if !w.isA(variables, "tuple") || !w.addNames(s, variables) {
			s.tasks = true
		}
	}
}
