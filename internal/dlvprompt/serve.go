package dlvprompt

import (
	"fmt"
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"reflect"
	"strings"
	"sync"

	"github.com/go-delve/delve/pkg/version"
	"github.com/go-delve/delve/service"
	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/debugger"
	"github.com/go-delve/delve/service/rpc2"

	"github.com/dlv-async/dlv-async/dap/delve"
)

// server answers the calls of one client, with the methods of Delve's server
// for a debugger of ours. Delve's own way to serve them makes the debugger
// itself, and does not give it away.
type server struct {
	d       *delve.Debuggee
	methods reflect.Value // of rpc2.RPCServer
	codec   rpc.ServerCodec
	writing sync.Mutex
	gone    chan struct{} // closed when the client has left
	moved   func()        // called before whatever may change the target
}

// serve begins to serve, and returns the client's end of the connection.
func serve(d *delve.Debuggee, settings debugger.Config, moved func()) net.Conn {
	ours, theirs := net.Pipe()
	s := &server{
		d:       d,
		methods: reflect.ValueOf(rpc2.NewServer(&service.Config{Debugger: settings, APIVersion: 2}, d.Debugger())),
		codec:   jsonrpc.NewServerCodec(ours),
		gone:    make(chan struct{}),
		moved:   moved,
	}
	go s.loop()
	return theirs
}

// loop answers calls in their order until the client has left. One that
// answers later than it returns does not keep the next waiting.
func (s *server) loop() {
	defer s.codec.Close()
	defer close(s.gone)
	for {
		var call rpc.Request
		if s.codec.ReadRequestHeader(&call) != nil {
			return
		}
		method, ok := s.method(strings.TrimPrefix(call.ServiceMethod, "RPCServer."))
		if !ok {
			_ = s.codec.ReadRequestBody(nil)
			s.answer(call, nil, fmt.Errorf("unknown method: %s", call.ServiceMethod))
			continue
		}
		in := reflect.New(method.Type().In(0))
		if err := s.codec.ReadRequestBody(in.Interface()); err != nil {
			s.answer(call, nil, fmt.Errorf("malformed request body: %w", err))
			continue
		}
		s.before(in.Elem().Interface())
		if method.Type().NumOut() > 0 {
			out := reflect.New(method.Type().In(1).Elem())
			s.answer(call, out.Interface(), invoke(method, in.Elem(), out))
			continue
		}
		later := &callback{server: s, call: call, ready: make(chan struct{})}
		go func() {
			if err := invoke(method, in.Elem(), reflect.ValueOf(later)); err != nil {
				later.Return(nil, err)
			}
		}()
		<-later.ready
	}
}

// method finds a method by its name: func(in, *out) error, or func(in, RPCCallback).
func (s *server) method(name string) (reflect.Value, bool) {
	switch name {
	case "GetVersion":
		return reflect.ValueOf(s.version), true
	case "SetApiVersion":
		return reflect.ValueOf(setVersion), true
	}
	m := s.methods.MethodByName(name)
	return m, m.IsValid() && m.Type().NumIn() == 2
}

func (s *server) version(_ api.GetVersionIn, out *api.GetVersionOut) error {
	out.DelveVersion, out.APIVersion = version.DelveVersion.String(), 2
	return s.d.Debugger().GetVersion(out)
}

func setVersion(in api.SetAPIVersionIn, _ *api.SetAPIVersionOut) error {
	if in.APIVersion != 2 {
		return fmt.Errorf("there is no version %d of the API here", in.APIVersion)
	}
	return nil
}

// before does what must be done before a call with these arguments.
func (s *server) before(in any) {
	switch in := in.(type) {
	case api.DebuggerCommand:
		switch in.Name {
		case api.Halt, api.SwitchGoroutine: // it stands where it stood; another thread may be another process's
			return
		}
	case rpc2.DetachIn:
		if !in.Kill && !s.d.Debugger().IsRunning() {
			_ = s.d.Settle() // or Delve lets it go all the same
		}
	case rpc2.RestartIn, rpc2.SetIn, rpc2.SetExecutionPointIn:
	default:
		return
	}
	s.moved()
}

// invoke calls a method; Delve panics where it is wrong about the target.
func invoke(method, in, out reflect.Value) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("internal debugger error: %v", r)
		}
	}()
	if result := method.Call([]reflect.Value{in, out}); len(result) == 1 {
		err, _ = result[0].Interface().(error)
	}
	return err
}

func (s *server) answer(call rpc.Request, out any, err error) {
	response := rpc.Response{ServiceMethod: call.ServiceMethod, Seq: call.Seq}
	if err != nil {
		response.Error, out = err.Error(), struct{}{}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.codec.WriteResponse(&response, out) // a client that has left is noticed where its calls are read
}

// callback is how a method answers that answers later.
type callback struct {
	*server
	call  rpc.Request
	ready chan struct{} // closed when the next call can be read
}

var _ service.RPCCallback = (*callback)(nil)

// Return implements [service.RPCCallback].
func (c *callback) Return(out any, err error) {
	select {
	case <-c.ready:
	default:
		close(c.ready)
	}
	c.answer(c.call, out, err)
}

// SetupDoneChan implements [service.RPCCallback].
func (c *callback) SetupDoneChan() chan struct{} { return c.ready }

// DisconnectChan implements [service.RPCCallback].
func (c *callback) DisconnectChan() chan struct{} { return c.gone }
