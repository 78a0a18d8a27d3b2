package graph

import (
	"encoding/binary"
	"slices"
	"time"
)

// kinds tells which tasks look alike to a person: the same frames, the same
// wait in words, the same findings. Ids, addresses and times do not count.
type kinds struct {
	s       *Snapshot
	numbers map[string]int32
	frames  map[*Frame]int32 // frames are shared: their words are looked at once
	stacks  map[stack][]byte // and so are lists of them
	found   []int32          // of the tasks, by where they stand, the number of the findings that name each; empty: none does
	finger  finger           // to where they stand
	codes   [][]byte         // by number less one, what findings these are
	places  bool             // of the frames, those count alone that a line shows
	buf     []byte

	lastTask  *Task  // the last that was asked for
	lastWords []byte // what was made of it
}

func newKinds(s *Snapshot) *kinds {
	k := &kinds{s: s, numbers: map[string]int32{}, frames: map[*Frame]int32{}, stacks: map[stack][]byte{}}
	k.findings(s.Problems)
	return k
}

// findings notes which tasks each finding names. Where one names a million, they are
// named by the same ones.
func (k *kinds) findings(problems []*Problem) {
	k.finger.tasks = k.s.Tasks
	for _, p := range problems {
		if p.Severity == Info || len(p.Tasks) == 0 {
			continue // a note names some of those it is about, and makes them no others
		}
		if k.found == nil {
			k.found = make([]int32, len(k.s.Tasks))
		}
		with := map[int32]int32{} // this finding too
		for _, id := range p.Tasks {
			i, here := k.finger.find(id)
			if !here {
				continue
			}
			before := k.found[i]
			number, ok := with[before]
			if !ok {
				k.codes = append(k.codes, append(append(slices.Clip(k.codesOf(before)), p.Code...), 0))
				number = int32(len(k.codes))
				with[before] = number
			}
			k.found[i] = number
		}
	}
}

// codesOf are the codes of findings, by their number.
func (k *kinds) codesOf(number int32) []byte {
	if number == 0 {
		return nil
	}
	return k.codes[number-1]
}

// foundAt are the codes of the findings that name the task that stands there.
func (k *kinds) foundAt(item int32) []byte {
	if len(k.found) == 0 {
		return nil
	}
	return k.codesOf(k.found[item])
}

// foundOf is foundAt of a task.
func (k *kinds) foundOf(t *Task) []byte {
	i, ok := k.finger.find(t.ID)
	if !ok {
		return nil
	}
	return k.foundAt(i)
}

// number returns the same number for the same words.
func (k *kinds) number(words []byte) int32 {
	n, ok := k.numbers[string(words)]
	if !ok {
		n = int32(len(k.numbers)) + 1
		k.numbers[string(words)] = n
	}
	return n
}

func (k *kinds) frame(f *Frame) int32 {
	n, ok := k.frames[f]
	if !ok {
		b := appendText(append([]byte(nil), 'f'), f.Func)
		b = appendText(b, f.File)
		n = k.number(binary.AppendVarint(b, int64(f.Line)))
		k.frames[f] = n
	}
	return n
}

// stack is a list of frames, as tasks share it.
type stack struct {
	first **Frame
	count int
}

func (k *kinds) appendFrames(b []byte, frames []*Frame) []byte {
	if len(frames) == 0 {
		return append(b, 0)
	}
	key := stack{&frames[0], len(frames)}
	words, ok := k.stacks[key]
	if !ok {
		if k.places {
			frames = shownOf(frames)
		}
		words = binary.AppendUvarint(nil, uint64(len(frames)))
		for _, f := range frames {
			words = binary.AppendVarint(words, int64(k.frame(f)))
		}
		k.stacks[key] = words
	}
	return append(b, words...)
}

// shownOf are the frame that tells most about where a task stands, what that called,
// and where the task began.
func shownOf(frames []*Frame) []*Frame {
	i := placeIn(frames)
	if i < 0 {
		return frames
	}
	shown := []*Frame{frames[i]}
	if i > 0 && !frames[i-1].Hidden {
		shown = append(shown, frames[i-1])
	}
	for _, f := range slices.Backward(frames[i+1:]) {
		if !f.Hidden {
			return append(shown, &Frame{Func: f.Func})
		}
	}
	return shown
}

// appendTask adds what a person sees of a task. Of one with many waits it is
// asked for each of them, one after the other.
func (k *kinds) appendTask(b []byte, t *Task) []byte {
	const long = 1024
	if t != k.lastTask {
		words := k.wordsOf(append(k.lastWords[:0], 0), t)
		if len(words) > long {
			words = binary.AppendVarint(words[:0], int64(k.number(words)))
		}
		k.lastTask, k.lastWords = t, words
	}
	return append(b, k.lastWords...)
}

func (k *kinds) wordsOf(b []byte, t *Task) []byte {
	b = append(b, byte(t.State))
	b = k.appendFrames(b, t.Frames)
	b = k.appendWaits(b, t.Waits)
	if len(k.found) > 0 {
		b = appendText(b, string(k.foundOf(t)))
	}
	if t.Error != nil {
		b = appendText(b, t.Error.Type)
	}
	if t.Cancel != nil && t.Cancel.Pending {
		b = append(b, 'c')
	}
	return b
}

// same tells of two tasks, which the same findings name, that they look alike where that shows at once: they
// stand in the very same list of frames, and each waits for one thing, of the very same
// state. It may say no of others that look alike.
func (k *kinds) same(a, b *Task) bool {
	if a.State != b.State || a.Error != nil || b.Error != nil || a.Cancel != b.Cancel ||
		len(a.Waits) != 1 || len(b.Waits) != 1 || !oneList(a.Frames, b.Frames) {
		return false
	}
	v, w := &a.Waits[0], &b.Waits[0]
	if v.Kind != w.Kind || v.Text != w.Text || v.Group != w.Group || len(v.Branches) > 0 || len(w.Branches) > 0 {
		return false
	}
	r, s := k.s.Resource(v.Resource), k.s.Resource(w.Resource)
	return r == s || r != nil && s != nil && r.Kind == s.Kind && r.Type == s.Type && oneList(r.Detail, s.Detail)
}

// oneList tells whether two lists are one in memory.
func oneList[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (k *kinds) appendWaits(b []byte, waits []Wait) []byte {
	b = binary.AppendUvarint(b, uint64(len(waits)))
	for i := range waits {
		w := &waits[i]
		b = appendText(b, string(w.Kind))
		b = appendText(b, w.Text)
		if g := k.s.Group(w.Group); g != nil {
			b = appendText(append(b, 'g'), g.Kind)
		}
		if r := k.s.Resource(w.Resource); r != nil {
			b = appendText(append(b, 'r'), r.Kind)
			b = appendText(b, r.Type)
			b = appendState(b, r)
		}
		b = k.appendWaits(b, w.Branches)
	}
	return b
}

func (k *kinds) appendGroup(b []byte, g *Group) []byte {
	b = binary.AppendVarint(appendText(b, g.Kind), int64(g.Outstanding))
	if g.OpenedAt != nil && g.OpenedAt.At != nil {
		b = binary.AppendVarint(b, int64(k.frame(g.OpenedAt.At)))
	}
	if g.Error != nil {
		b = appendText(b, g.Error.Type)
	}
	for _, p := range g.Problems {
		b = appendText(b, p.Code)
	}
	return b
}

// appendState adds a resource's state in so far as it is words: yes or no, a
// name, and of a channel or queue whether it is empty, full or neither. Numbers and
// times tell apart what a person would call alike, and so would addresses.
func appendState(b []byte, r *Resource) []byte {
	var length, capacity int64
	for _, a := range r.Detail {
		switch v := a.Value.(type) {
		case bool:
			if v {
				b = appendText(b, a.Key)
			}
		case string:
			switch a.Key {
			case "kind", "state", "direction", "error", "cause":
				b = appendText(appendText(b, a.Key), v)
			}
		case int64:
			switch queue := r.Kind == "queue"; {
			case a.Key == "len", queue && a.Key == "size":
				length = v
			case a.Key == "cap", queue && a.Key == "max":
				capacity = v
			}
		case time.Duration:
		}
	}
	fill := byte('n') // neither
	switch {
	case capacity == 0:
		fill = 'u' // unbuffered, or no channel
	case length == 0:
		fill = 'e'
	case length >= capacity:
		fill = 'f'
	}
	return append(b, fill)
}

// appendText adds a string so that what follows cannot be taken for part of it.
func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
