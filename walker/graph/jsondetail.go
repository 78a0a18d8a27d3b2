package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// jsonDetail is a resource's state as an object, its keys in order.
type jsonDetail []Attr

func (d jsonDetail) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, a := range d {
		if i > 0 {
			b = append(b, ',')
		}
		key, value := a.Key, a.Value
		if v, ok := value.(time.Duration); ok {
			if !strings.HasSuffix(key, "_ms") {
				key += "_ms"
			}
			value = v.Milliseconds()
		}
		k, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, k...), ':'), v...)
	}
	return append(b, '}'), nil
}

func (d *jsonDetail) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("detail is no object")
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			return err
		}
		name, _ := key.(string)
		*d = append(*d, Attr{name, jsonValue(name, value)})
	}
	return nil
}

// jsonValue is the inverse of what MarshalJSON does to a value. What this
// version does not write, it keeps as text.
func jsonValue(key string, value any) any {
	switch v := value.(type) {
	case bool, string:
		return v
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			return v.String()
		}
		if d := time.Duration(n) * time.Millisecond; strings.HasSuffix(key, "_ms") && d.Milliseconds() == n {
			return d
		}
		return n
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}
