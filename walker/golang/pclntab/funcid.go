package pclntab

// FuncID says that the runtime treats a function in a special way. The
// numbers of internal/abi.FuncID change between Go versions, so these are our
// own, known by the functions' names.
type FuncID uint8

const (
	Normal  FuncID = iota
	Special        // one that we do not know
	AsmCgoCall
	AsyncPreempt
	CgoCallback
	DebugCall
	Goexit
	Gogo
	GoPanic
	Mcall
	Morestack
	Mstart
	PanicWrap
	RT0Go
	SigPanic
	SigReturn // what a signal handler returns to; not in internal/abi
	SigTramp  // the signal handler; not in internal/abi
	SystemStack
	SystemStackSwitch
	Wrapper // compiled for a method value, a promoted method, a hash, ...
)

// https://github.com/golang/go/blob/go1.26.8/src/cmd/internal/objabi/funcid.go
var funcIDs = map[string]FuncID{
	"runtime.asmcgocall":         AsmCgoCall,
	"runtime.asyncPreempt":       AsyncPreempt,
	"runtime.cgocallback":        CgoCallback,
	"runtime.debugCallV2":        DebugCall,
	"runtime.goexit":             Goexit,
	"runtime.gogo":               Gogo,
	"runtime.gopanic":            GoPanic,
	"runtime.mcall":              Mcall,
	"runtime.morestack":          Morestack,
	"runtime.mstart":             Mstart,
	"runtime.panicwrap":          PanicWrap,
	"runtime.rt0_go":             RT0Go,
	"runtime.sigpanic":           SigPanic,
	"runtime.systemstack":        SystemStack,
	"runtime.systemstack_switch": SystemStackSwitch,

	"runtime.sigreturn__sigaction": SigReturn,
	"runtime.sigtramp":             SigTramp,
}

// funcID is the meaning of a number in the module's tables.
func (t *Table) funcID(n uint8, name string) FuncID {
	if id, ok := funcIDs[name]; ok && (n != 0 || id == SigReturn || id == SigTramp) {
		return id
	}
	switch n {
	case 0:
		return Normal
	case t.wrapperID:
		return Wrapper
	}
	return Special
}

// findWrapperID finds the module's number for wrappers: abi.FuncIDWrapper is
// the last of all in every version.
func (t *Table) findWrapperID() uint8 {
	var last uint8
	for i := range t.nfunc {
		if r, ok := t.record(i); ok {
			last = max(last, r[offFuncID])
		}
	}
	return last
}

// HidesWrapper reports whether tracebacks leave out a wrapper that called a
// function with this ID: where the wrapper itself panicked they show it.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/traceback.go#L1201
func (id FuncID) HidesWrapper() bool {
	return id != GoPanic && id != SigPanic && id != PanicWrap
}
