package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const limit = 1 << 10

func framed(content string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(content), content)
}

func TestMessagesStayWhatTheyAre(t *testing.T) {
	for _, content := range []string{
		`{"seq":1,"type":"request","command":"initialize","arguments":{"adapterID":"go","unknown":[1,null]}}`,
		`{"seq":2,"type":"response","command":"threads","request_seq":7,"success":true,"body":{"threads":[]}}`,
		`{"seq":3,"type":"response","command":"launch","request_seq":8,"success":false,"message":"no"}`,
		`{"seq":4,"type":"event","event":"initialized"}`,
	} {
		m, err := NewReader(strings.NewReader(framed(content)), limit).Read()
		if err != nil {
			t.Fatalf("%s: %v", content, err)
		}
		var out bytes.Buffer
		if err := Write(&out, m); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(framed(content), out.String()); diff != "" {
			t.Errorf("it was changed (-want +got):\n%s", diff)
		}
	}
}

func TestContentThatIsNoneIsSkipped(t *testing.T) {
	good := `{"seq":9,"type":"event","event":"x"}`
	for _, bad := range []string{"", "null", "{", "[]", `{"type":"nothing"}`, `{"seq":"one","type":"request"}`, "\x00\xff"} {
		r := NewReader(strings.NewReader(framed(bad)+framed(good)), limit)
		var badMessage *BadMessage
		if m, err := r.Read(); !errors.As(err, &badMessage) {
			t.Errorf("%q is read as %v, %v", bad, m, err)
		}
		if m, err := r.Read(); err != nil || m.Seq != 9 {
			t.Errorf("after %q: %v, %v", bad, m, err)
		}
	}
}

func TestFramesThatAreNoneEndIt(t *testing.T) {
	for name, in := range map[string]string{
		"no header":         "hello\r\n\r\n",
		"no length":         "Content-Type: x\r\n\r\n{}",
		"no number":         "Content-Length: many\r\n\r\n{}",
		"negative":          "Content-Length: -1\r\n\r\n{}",
		"too long":          "Content-Length: 99999999999\r\n\r\n{}",
		"over the limit":    framed(`"` + strings.Repeat("x", limit) + `"`),
		"half a header":     "Content-Len",
		"half a message":    "Content-Length: 100\r\n\r\n{",
		"an endless header": strings.Repeat("x", 1<<20),
		"endless headers":   strings.Repeat("a: b\r\n", 1<<10),
	} {
		var badMessage *BadMessage
		if m, err := NewReader(strings.NewReader(in), limit).Read(); err == nil || errors.Is(err, io.EOF) || errors.As(err, &badMessage) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	if _, err := NewReader(strings.NewReader(""), limit).Read(); !errors.Is(err, io.EOF) {
		t.Errorf("the end: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(framed(`{"seq":1,"type":"request","command":"x"}`)))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := NewReader(bytes.NewReader(in), limit)
		for n := 0; ; n++ {
			_, err := r.Read()
			var badMessage *BadMessage
			if err != nil && !errors.As(err, &badMessage) {
				return
			}
			if n > len(in) {
				t.Fatal("more messages than bytes")
			}
		}
	})
}
