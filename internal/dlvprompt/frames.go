package dlvprompt

import "github.com/go-delve/delve/service/api"

// Frame is a frame as Delve counts them.
type Frame struct {
	Func string
	Line int
}

// Frames are a goroutine's frames, the innermost first: what the numbers that
// Delve's command frame takes stand for.
func (p *Program) Frames(goroutine int64, depth int) ([]Frame, error) {
	d := p.Debugger()
	raw, err := d.Stacktrace(goroutine, depth, api.StacktraceOptions(0))
	if err != nil {
		return nil, err
	}
	plain, err := d.ConvertStacktrace(raw, nil)
	if err != nil {
		return nil, err
	}
	frames := make([]Frame, len(plain))
	for i, f := range plain {
		frames[i] = Frame{Line: f.Line}
		if f.Function != nil {
			frames[i].Func = f.Function.Name()
		}
	}
	return frames, nil
}
