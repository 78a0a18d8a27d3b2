package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// reasonKinds says what kind of wait a wait reason is. The texts are the
// target's own (runtime.waitReasonStrings), since their numbers change from
// version to version and their texts do not:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L1272
// What is not here is the runtime's own business.
var reasonKinds = map[string]graph.WaitKind{
	"IO wait":                 graph.WaitNetwork,
	"chan receive (nil chan)": graph.WaitForever,
	"chan send (nil chan)":    graph.WaitForever,
	"select (no cases)":       graph.WaitForever,
	"select":                  graph.WaitSelect,
	"chan receive":            graph.WaitChanReceive,
	"chan send":               graph.WaitChanSend,
	"semacquire":              graph.WaitSemaphore,
	"sleep":                   graph.WaitSleep,
	"sync.Cond.Wait":          graph.WaitCond,
	"sync.Mutex.Lock":         graph.WaitMutex,
	"sync.RWMutex.RLock":      graph.WaitRWMutexRead,
	"sync.RWMutex.Lock":       graph.WaitRWMutexWrite,
	"sync.WaitGroup.Wait":     graph.WaitWaitGroup,
	"coroutine":               graph.WaitCoroutine,
	"synctest.Run":            graph.WaitBubble,
	"synctest.Wait":           graph.WaitBubble,
}

// durable marks the reasons of goroutines in a synctest bubble. They wait on
// the same structures as their namesakes without it.
const durable = " (durable)"

// waitKind says what kind of wait the runtime's reason stands for.
func waitKind(reason string) graph.WaitKind {
	if k, ok := reasonKinds[strings.TrimSuffix(reason, durable)]; ok {
		return k
	}
	if reason == "" {
		return graph.WaitUnknown
	}
	return graph.WaitRuntime
}
