package cpython

import "github.com/dlv-async/dlv-async/walker/cpython/object"

// futureState is fut_state.
type futureState uint8

// The states of a Future, in CPython's numbers.
const (
	pendingFuture futureState = iota
	cancelledFuture
	finishedFuture
)

// future is an asyncio.Future or a subclass, of C (FutureObj,
// https://github.com/python/cpython/blob/v3.12.1/Modules/_asynciomodule.c#L23)
// or of Python (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/futures.py#L31).
type future struct {
	addr      object.Ref
	typ       *object.Type
	isFuture  bool // it is a Future at all
	isTask    bool
	native    bool // of C: fields at offsets
	state     futureState
	loop      object.Ref
	exception object.Ref
	callbacks []object.Ref // what is called when it is done
	logTB     bool         // it has an exception that nobody has looked at
}

// at is the address of a field of C.
func (f *future) at(offset int) uint64 { return uint64(f.addr) + uint64(offset) }

// readFuture reads what all Futures have. Of what is none, isFuture is false.
func (w *walk) readFuture(o object.Ref) future {
	f := future{addr: o, typ: &object.Type{}}
	if o != 0 {
		f.typ = w.r.Type(o)
	}
	switch {
	case f.typ.Inherits("_asyncio.Task"):
		f.isFuture, f.isTask, f.native = true, true, true
	case f.typ.Inherits("_asyncio.Future"):
		f.isFuture, f.native = true, true
	case f.typ.Inherits("asyncio.tasks.Task"), f.typ.Inherits("asyncio.tasks._PyTask"):
		f.isFuture, f.isTask = true, true
	case f.typ.Inherits("asyncio.futures.Future"), f.typ.Inherits("asyncio.futures._PyFuture"):
		f.isFuture = true
	default:
		return f
	}
	if f.native {
		w.readNative(&f)
	} else {
		w.readPython(&f)
	}
	return f
}

func (w *walk) readNative(f *future) {
	l := w.lay.Future
	f.state = futureState(w.r.U32(f.at(l.State)))
	f.loop = w.r.Ref(f.at(l.Loop))
	f.exception = w.some(w.r.Ref(f.at(l.Exception)))
	f.logTB = w.r.U8(f.at(l.LogTB.Offset))&l.LogTB.Mask != 0
	if first := w.r.Ref(f.at(l.Callback0)); first != 0 {
		f.callbacks = append(f.callbacks, first)
	}
	f.callbacks = w.appendCallbacks(f.callbacks, w.r.Ref(f.at(l.Callbacks)))
}

func (w *walk) readPython(f *future) {
	switch w.strAttr(f.addr, "_state") {
	case "CANCELLED":
		f.state = cancelledFuture
	case "FINISHED":
		f.state = finishedFuture
	}
	f.loop = w.attr(f.addr, "_loop")
	f.exception = w.attr(f.addr, "_exception")
	f.logTB, _ = w.boolAttr(f.addr, "_Future__log_traceback")
	f.callbacks = w.appendCallbacks(nil, w.attr(f.addr, "_callbacks"))
}

// appendCallbacks adds those of a list of (callback, context).
func (w *walk) appendCallbacks(to []object.Ref, list object.Ref) []object.Ref {
	if !w.isA(list, "list") {
		return to
	}
	for _, pair := range w.r.List(list) {
		if items := w.items(pair); len(items) > 0 {
			to = append(to, items[0])
		}
	}
	return to
}
