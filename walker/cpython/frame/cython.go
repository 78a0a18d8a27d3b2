package frame

import (
	"errors"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Coroutines and generators that Cython compiled have no frame, but a name, and
// what they await (__pyx_CoroutineObject,
// https://github.com/cython/cython/blob/3.1.0/Cython/Utility/Coroutine.c#L377).
// Where in the object these are depends on the releases of Cython and of
// CPython. But its name, qualified name and module are three str in a row, and
// what it awaits stands before them; from 3.1 on a function of C is between.

const (
	cythonModules = "_cython_" // of its types: _cython_3_1_0
	cythonWords   = 32         // of an object, at most, in which the names are
)

// cythonTypes are the types, by their names.
var cythonTypes = map[string]Kind{"coroutine": Coroutine, "IterableCoroutine": Coroutine, "generator": Generator, "async_generator": AsyncGenerator}

// cython returns what can be told of a coroutine or generator of Cython: a
// frame without a line or variables, and what it awaits: 0 when it does not,
// or that is not to be told.
func (r *Reader) cython(o object.Ref, t *object.Type) (f Frame, awaits object.Ref) {
	size := r.o.I64(at(uint64(t.Addr), r.l.Type.BasicSize)) / 8
	words := r.refs(uint64(o), int(max(min(size, cythonWords), 0)))
	first := r.l.Object.Header/8 + 2 // after its body, which is of C, and its closure
	for i := first; i+2 < len(words); i++ {
		name, qualified, module := r.strAt(words[i]), r.strAt(words[i+1]), r.strAt(words[i+2])
		if name == "" || module == "" || !strings.HasSuffix(qualified, name) {
			continue
		}
		f = Frame{
			Code: &Code{Name: name, Qualname: qualified, qualified: true, varsRead: true},
			Func: module + "." + qualified, Gen: o, Kind: cythonTypes[t.Name], State: Awaiting, Native: true,
		}
		return f, r.cythonAwaits(words[i-2 : i])
	}
	r.failf("the %s at %#x tells no name", t.FullName(), uint64(o))
	return Frame{}, 0
}

// cythonAwaits is the awaitable among words of which one is what a coroutine awaits;
// 0: it awaits none. That not even one can be read is a failure.
func (r *Reader) cythonAwaits(words []object.Ref) object.Ref {
	var some, readable bool
	for _, o := range words {
		if o == 0 {
			continue
		}
		yes, err := r.awaitable(o)
		if yes {
			return o
		}
		some, readable = true, readable || err == nil
	}
	if some && !readable {
		r.failf("what a coroutine of Cython awaits cannot be read: neither %#x nor %#x is an object", uint64(words[0]), uint64(words[1]))
	}
	return 0
}

// strAt is a str; empty when that is none, or what is not even an object.
func (r *Reader) strAt(o object.Ref) (s string) {
	_ = r.perhaps(o, func() {
		if r.o.Type(o).FullName() == "str" {
			s = r.o.Str(o)
		}
	})
	return s
}

// awaitable tells whether an object is one that the chain of awaits goes on in.
func (r *Reader) awaitable(o object.Ref) (yes bool, err error) {
	err = r.perhaps(o, func() {
		switch t := r.o.Type(o); t.Name {
		case "coroutine", "generator", "async_generator", "async_generator_asend", "async_generator_athrow",
			"coroutine_wrapper", "anext_awaitable", "FutureIter", "IterableCoroutine":
			yes = true
		default:
			yes = t.Inherits("_asyncio.Future")
		}
	})
	return yes && err == nil, err
}

// perhaps runs what looks at a word that may be no object, and returns why it
// cannot be one.
func (r *Reader) perhaps(o object.Ref, look func()) error {
	if err := r.o.Err(); err != nil {
		return err
	}
	if o == 0 || o%8 != 0 {
		return errNoObject
	}
	look()
	return r.o.Take()
}

var errNoObject = errors.New("it is no object")
