package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadJSON reads what WriteJSON wrote, one task after the other, through a
// [Builder] and its Seal. Fields it does not know are passed over. Input is
// untrusted: what it refers to and does not have becomes a problem. The error
// is one line.
func ReadJSON(r io.Reader) (*Snapshot, error) {
	in := &jsonReader{dec: json.NewDecoder(r), from: newFromJSON(), b: NewBuilder("")}
	if err := in.snapshot(); err != nil {
		return nil, fmt.Errorf("not a snapshot that can be read: %w", in.plain(err))
	}
	return in.b.Seal(), nil
}

// jsonReader fills a Builder from a stream of JSON.
type jsonReader struct {
	dec       *json.Decoder
	from      *fromJSON
	b         *Builder
	schema    string
	groups    map[GroupID]bool
	resources map[ResourceID]bool
	told      outside // relations that the file tells, and that may not follow from its tasks
}

func (in *jsonReader) snapshot() error {
	in.groups, in.resources = map[GroupID]bool{}, map[ResourceID]bool{}
	s := &in.b.snapshot
	err := in.object(func(name string) error {
		switch name {
		case "schema":
			if err := in.dec.Decode(&in.schema); err != nil {
				return err
			}
			return in.checkSchema()
		case "tool":
			return in.dec.Decode(&s.Tool)
		case "filtered":
			return in.dec.Decode(&s.Filtered)
		case "process":
			return decode(in, func(p *jsonProcess) { s.Process = in.from.process(*p) })
		case "runtimes":
			return list(in, func(r *jsonRuntime) {
				in.b.Runtime(in.from.runtime(r))
			})
		case "tasks":
			return list(in, in.task)
		case "groups":
			return list(in, in.group)
		case "resources":
			return list(in, in.resource)
		case "problems":
			return list(in, func(p *jsonProblem) { in.b.Problem(in.from.problem(*p)) })
		case "truncated":
			return list(in, func(t *jsonTruncation) {
				if t.What != whatAwaiters { // they are derived again
					in.b.Truncated(t.What, max(t.Kept, 0), max(t.Total, 0))
				}
			})
		}
		var skipped json.RawMessage
		return in.dec.Decode(&skipped)
	})
	if err != nil {
		return err
	}
	if in.schema == "" {
		return in.checkSchema()
	}
	in.outside()
	return nil
}

// plain puts an error of encoding/json in words that do not speak of Go types.
func (in *jsonReader) plain(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends early")
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("before byte %d, the field %s is a %s", in.dec.InputOffset(), wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Errorf("before byte %d stands a %s, which does not belong there", in.dec.InputOffset(), wrong.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON from byte %d on: %w", syntax.Offset, err)
	}
	return err
}

func (in *jsonReader) checkSchema() error {
	switch in.schema {
	case SnapshotSchema:
		return nil
	case "":
		return fmt.Errorf("it has no schema; want %s", SnapshotSchema)
	}
	return fmt.Errorf("its schema is %q; this version reads %s", in.schema, SnapshotSchema)
}

// object reads an object, with a call at each value.
func (in *jsonReader) object(value func(name string) error) error {
	t, err := in.dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return errors.New("it is no JSON object")
	}
	for in.dec.More() {
		name, err := in.dec.Token()
		if err != nil {
			return err
		}
		if err := value(name.(string)); err != nil { // between the braces, a name is a string
			return err
		}
	}
	_, err = in.dec.Token()
	return err
}

func decode[J any](in *jsonReader, use func(*J)) error {
	var j J
	if err := in.dec.Decode(&j); err != nil {
		return err
	}
	use(&j)
	return nil
}

// list reads a list item by item; null is an empty one.
func list[J any](in *jsonReader, use func(*J)) error {
	t, err := in.dec.Token()
	if err != nil || t == nil {
		return err
	}
	if t != json.Delim('[') {
		return fmt.Errorf("at byte %d stands %v where a list should", in.dec.InputOffset(), t)
	}
	for in.dec.More() {
		if err := decode(in, use); err != nil {
			return err
		}
	}
	_, err = in.dec.Token()
	return err
}

func (in *jsonReader) task(j *jsonTask) {
	t := in.from.task(j)
	in.b.Task(t)
	for _, j := range j.AwaitedBy {
		if a := in.from.awaiter(j); in.b.snapshot.Filtered || a.Relation == RelationHandle {
			in.told.await(t.ID, a)
		}
	}
	if in.b.snapshot.Filtered {
		in.told.spawn(t.ID, j.Spawned...)
	}
}

func (in *jsonReader) group(j *jsonGroup) {
	id, ok := ParseGroupID(j.ID)
	if !ok || in.groups[id] {
		in.b.Problem(warn("the file has no usable id for the group %q", j.ID))
		return
	}
	in.groups[id] = true
	g := in.b.Group("", 0)
	g.ID = id
	in.from.group(j, g)
}

func (in *jsonReader) resource(j *jsonResource) {
	id, ok := parseResourceID(j.ID)
	if !ok || in.resources[id] {
		in.b.Problem(warn("the file has no usable id for the resource %q", j.ID))
		return
	}
	in.resources[id] = true
	r := in.b.Resource("", 0)
	r.ID = id
	in.from.resource(j, r)
	for _, h := range j.Reached {
		in.b.Reached(r, Holder{h.Task, in.from.evidence(h.Evidence)})
	}
	if in.b.snapshot.Filtered {
		for _, w := range j.Waiters {
			in.told.wait(id, Waiter(w))
		}
	}
}

// outside keeps of the relations in the file those that Seal cannot derive:
// handles, and, in a filtered file, those with tasks that it does not hold.
func (in *jsonReader) outside() {
	here := &in.b.tasks
	away := func(id TaskID) bool { _, ok := here.find(id); return !ok && id != "" && in.b.snapshot.Filtered }
	for id, awaiters := range in.told.awaiters {
		for _, a := range awaiters {
			if away(a.Task) || a.Task != "" && a.Relation == RelationHandle {
				in.b.outside.await(id, a)
			}
		}
	}
	for id, tasks := range in.told.spawned {
		for _, t := range tasks {
			if away(t) {
				in.b.outside.spawn(id, t)
			}
		}
	}
	for id, waiters := range in.told.waiters {
		for _, w := range waiters {
			if away(w.Task) {
				in.b.outside.wait(id, w)
			}
		}
	}
}
