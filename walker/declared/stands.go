package declared

import (
	"reflect"
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// stand is where a goroutine stands: in a method of an awaitable.
type stand struct {
	in     *object
	method string
}

// maxStands is of how many goroutines it is found out: Delve takes some
// milliseconds for one.
const maxStands = 1 << 10

// findStands finds the awaitables in whose methods the goroutines of tasks stand,
// and what these lead to.
func (w *describer) findStands() {
	w.stands = map[*object]stand{}
	methods := map[string]thing{}
	for _, t := range w.kinds {
		if t.awaitable != nil {
			for _, m := range t.awaitable.AwaitedIn {
				methods[m] = t
			}
		}
	}
	if len(methods) == 0 {
		return
	}
	found := len(w.order)
	for _, o := range w.order[:found] {
		if o.task == nil {
			continue
		}
		t := w.laid[w.goroutineOf(o)]
		if t == nil || !slices.ContainsFunc(t.Frames, func(f *graph.Frame) bool { return methods[f.Func].Thing != nil }) {
			continue
		}
		if len(w.stands) == maxStands {
			w.first = append(w.first, "what all goroutines of its tasks stand in was not looked at")
			break
		}
		if s, ok := w.standOf(t, methods); ok {
			w.stands[o] = s
		}
	}
	w.spread(found)
}

// standOf is the awaitable in whose method a goroutine stands: the outermost, of
// several that call each other.
func (w *describer) standOf(t *graph.Task, methods map[string]thing) (s stand, ok bool) {
	goid, isGo := goroutineNumber(t.ID)
	if !isGo {
		return s, false
	}
	frames, _ := w.img.StackLocals(goid, maxFrames, dlvext.Bounds{Fields: 1, Redact: true})
	for _, f := range slices.Backward(frames) {
		method, is := methods[f.Func]
		if !is || len(f.Vars) == 0 {
			continue
		}
		receiver := f.Vars[0]
		if receiver.Kind != reflect.Pointer || len(receiver.Children) != 1 || receiver.Type != "*"+method.Type {
			continue
		}
		typ, err := w.typeOf(method.Type)
		if err != nil {
			continue
		}
		w.meet(dlvext.NewValue(w.img.Memory, typ, receiver.Children[0].Addr))
		if o := w.found[receiver.Children[0].Addr]; o != nil && o.Type == method.Type {
			return stand{o, f.Func}, true
		}
	}
	return s, false
}
